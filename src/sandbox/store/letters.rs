//! How many texts contain each sequence of one or two characters, and which, if they are few. The text index has runs of
//! three characters; without these counts, a shorter term would have every text read until its total is known.
//!
//! They are counted in the background, updated by every change, and saved from time to time (`saved`), so that the next
//! start need not read the texts again.

mod saved;

use std::collections::HashMap;

use super::words::{SEQ_BITS, Word, seq_of};

/// Of a rarer sequence, the objects are known as well: a page of them is not found by reading from one end.
const FEW: usize = 256;
/// The most different sequences of one kind. Texts in scripts with thousands of characters have more.
const MOST_SEQUENCES: usize = 20_000;
/// The most objects that are known for all sequences of a kind.
const MOST_KNOWN: usize = 500_000;
/// After this many changes the counts are saved. A start repeats fewer in a few milliseconds, and a smaller state has
/// its texts read in the same time.
pub(super) const WORTH_SAVING: u64 = 4_000;

/// One or two characters; the second is `\0` if there is one only.
type Sequence = [char; 2];

/// The sequences of all kinds, by the group of the kind.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    kinds: HashMap<i64, Kind>,
    /// Whether every kind is complete, so that one that is missing has no texts.
    is_complete: bool,
    /// Texts that were counted or changed since the counts were saved.
    unsaved: u64,
    /// The same, when they were last to be saved.
    due: u64,
}

#[derive(Debug, Default)]
struct Kind {
    counts: HashMap<Sequence, Count>,
    /// The sum of the lengths of `Count::few`.
    known: usize,
    /// Texts of later objects are not counted yet; `None` if all are.
    until: Option<i64>,
    /// There were too many sequences.
    is_given_up: bool,
}

#[derive(Debug, Default)]
struct Count {
    total: u64,
    /// The `seq` of every object, ascending; `None` if they are too many.
    few: Option<Vec<i64>>,
    /// No newer object has it.
    newest: i64,
}

/// Where a short term occurs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Occurrence<'l> {
    pub(super) total: u64,
    /// The `seq` of every object, ascending, if they are few.
    pub(super) few: Option<&'l [i64]>,
    /// The `seq` of the newest object, or a larger one.
    pub(super) newest: i64,
}

impl Letters {
    /// Where `term` occurs in the texts of a kind, if it is short and that is known.
    pub(super) fn find(&self, group: i64, term: &str) -> Option<Occurrence<'_>> {
        const NONE: Occurrence<'_> = Occurrence { total: 0, few: Some(&[]), newest: 0 };
        let sequence = sequence(term)?;
        let Some(kind) = self.kinds.get(&group) else { return self.is_complete.then_some(NONE) };
        if kind.is_given_up || kind.until.is_some() {
            return None;
        }
        let Some(count) = kind.counts.get(&sequence) else { return Some(NONE) };
        Some(Occurrence { total: count.total, few: count.few.as_deref(), newest: count.newest })
    }

    /// Applies committed changes.
    pub(super) fn follow(&mut self, words: &[Word]) {
        self.unsaved += words.len() as u64;
        for word in words {
            let group = word.row >> SEQ_BITS;
            let kind = match self.kinds.get_mut(&group) {
                Some(kind) => kind,
                None if self.is_complete => self.kinds.entry(group).or_default(),
                None => continue,
            };
            let seq = seq_of(word.row);
            if kind.until.is_none_or(|until| seq <= until) {
                kind.change(seq, &word.was, &word.is);
            }
        }
    }

    /// Whether so much changed that the counts should be saved; once for each time.
    pub(super) fn is_due(&mut self) -> bool {
        let is_due = self.unsaved - self.due >= WORTH_SAVING;
        if is_due {
            self.due = self.unsaved;
        }
        is_due
    }

    /// Whether the next start would take long without what is not saved yet.
    pub(super) fn is_worth_saving(&self) -> bool {
        self.unsaved >= WORTH_SAVING
    }

    /// Everything was removed.
    pub(super) fn clear(&mut self) {
        self.kinds.clear();
    }

    /// Counts the texts of the next objects of a kind, in their order; without any, the kind is complete. Returns whether
    /// there may be more.
    pub(super) fn count(&mut self, group: i64, texts: &[(i64, String)]) -> bool {
        let kind = self.kinds.entry(group).or_insert_with(|| Kind { until: Some(0), ..Kind::default() });
        for (seq, text) in texts {
            kind.change(*seq, "", text);
        }
        self.unsaved += texts.len() as u64;
        let last = texts.last().filter(|_| !kind.is_given_up);
        kind.until = last.map(|(seq, _)| *seq);
        last.is_some()
    }

    /// The first of these kinds that is not complete, and the object up to which it is.
    pub(super) fn next(&mut self, groups: &[i64]) -> Option<(i64, i64)> {
        let until = |group: &i64| self.kinds.get(group).map_or(Some(0), |kind| kind.until);
        let next = groups.iter().find_map(|group| Some((*group, until(group)?)));
        self.is_complete = next.is_none();
        next
    }
}

impl Kind {
    fn change(&mut self, seq: i64, was: &str, is: &str) {
        if self.is_given_up {
            return;
        }
        let (was, is) = (sequences(was), sequences(is));
        let is_missing = |from: &[Sequence], one: &Sequence| from.binary_search(one).is_err();
        for gone in was.iter().filter(|one| is_missing(&is, one)) {
            self.remove(*gone, seq);
        }
        for new in is.iter().filter(|one| is_missing(&was, one)) {
            self.add(*new, seq);
        }
        if self.counts.len() > MOST_SEQUENCES {
            *self = Self { is_given_up: true, ..Self::default() };
        }
    }

    fn add(&mut self, sequence: Sequence, seq: i64) {
        let few = || Some(Vec::new()).filter(|_| self.known < MOST_KNOWN);
        let count = self.counts.entry(sequence).or_insert_with(|| Count { few: few(), ..Count::default() });
        count.total += 1;
        count.newest = count.newest.max(seq);
        let Some(few) = &mut count.few else { return };
        if few.len() == FEW {
            self.known -= FEW;
            count.few = None;
        } else if let Err(at) = few.binary_search(&seq) {
            few.insert(at, seq);
            self.known += 1;
        }
    }

    fn remove(&mut self, sequence: Sequence, seq: i64) {
        let Some(count) = self.counts.get_mut(&sequence) else { return };
        count.total = count.total.saturating_sub(1);
        if let Some(few) = &mut count.few
            && let Ok(at) = few.binary_search(&seq)
        {
            few.remove(at);
            self.known -= 1;
        }
        if count.total == 0 {
            self.counts.remove(&sequence);
        }
    }
}

/// `None` for a longer term, and for one with a space.
fn sequence(term: &str) -> Option<Sequence> {
    let mut characters = term.chars();
    let sequence = [characters.next()?, characters.next().unwrap_or_default()];
    let is_whole = characters.next().is_none() && !term.contains(char::is_whitespace);
    is_whole.then_some(sequence)
}

/// Every sequence in a text, once and sorted. A term neither begins nor ends with a space.
fn sequences(text: &str) -> Vec<Sequence> {
    let mut found = Vec::with_capacity(2 * text.len());
    let mut before = ' ';
    for character in text.chars() {
        if !character.is_whitespace() {
            found.push([character, '\0']);
            if !before.is_whitespace() {
                found.push([before, character]);
            }
        }
        before = character;
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
