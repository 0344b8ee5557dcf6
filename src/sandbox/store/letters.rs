//! How many texts contain each sequence of one or two characters, and which, if they are few. The text index has runs of
//! three characters; without these counts, a shorter term would have every text read until its total is known.
//!
//! They are in memory only: read in the background when the sandbox starts, and updated by every change.

use std::collections::HashMap;

use super::words::{SEQ_BITS, Word, seq_of};

/// Of a rarer sequence, the objects are known as well: a page of them is not found by reading from one end.
const FEW: usize = 256;
/// The most different sequences of one kind. Texts in scripts with thousands of characters have more.
const MOST_SEQUENCES: usize = 20_000;
/// The most objects that are known for all sequences of a kind.
const MOST_KNOWN: usize = 500_000;

/// One or two characters; the second is `\0` if there is one only.
type Sequence = [char; 2];

/// The sequences of all kinds, by the group of the kind.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    kinds: HashMap<i64, Kind>,
    /// Whether every kind is complete, so that one that is missing has no texts.
    is_complete: bool,
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

    /// Everything has to be counted again.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
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
mod tests {
    use super::*;
    use crate::sandbox::store::words::search_base;

    fn word(seq: i64, was: &str, is: &str) -> Word {
        Word { row: search_base(3) | seq, was: was.to_owned(), is: is.to_owned() }
    }

    fn total(letters: &Letters, term: &str) -> Option<u64> {
        letters.find(3, term).map(|found| found.total)
    }

    #[test]
    fn sequences_count_once_for_each_text() {
        let mut letters = Letters::default();
        assert_eq!(letters.find(3, "a"), None, "nothing is counted yet");
        assert_eq!(letters.next(&[3]), Some((3, 0)));
        assert!(letters.count(3, &[(1, "banana".to_owned()), (4, "a b".to_owned())]));
        assert_eq!(letters.find(3, "a"), None, "there may be more");
        letters.follow(&[word(4, "a b", "an"), word(9, "", "later"), word(2, "", "x")]);
        assert_eq!(letters.next(&[3]), Some((3, 4)));
        assert!(letters.count(3, &[(9, "later".to_owned())]));
        assert!(!letters.count(3, &[]));
        assert_eq!(letters.next(&[3]), None);
        let totals = ["a", "an", "b", "la", "x", "q", "ab", "xyz"].map(|term| total(&letters, term));
        assert_eq!(totals, [Some(3), Some(2), Some(1), Some(1), Some(1), Some(0), Some(0), None]);
        let found = letters.find(3, "an").unwrap();
        assert_eq!((found.few, found.newest), (Some(&[1, 4][..]), 4));
        assert_eq!(letters.find(8, "a").map(|found| found.total), Some(0), "another kind");
        letters.follow(&[word(1, "banana", "")]);
        assert_eq!(["a", "an", "b"].map(|term| total(&letters, term)), [Some(2), Some(1), Some(0)]);
        letters.clear();
        letters.follow(&[word(1, "", "new")]);
        assert_eq!((total(&letters, "a"), total(&letters, "ne")), (Some(0), Some(1)));
    }

    #[test]
    fn frequent_sequences_keep_only_a_count() {
        let mut letters = Letters::default();
        let texts: Vec<_> = (1..=300).map(|seq| (seq, "e".to_owned())).collect();
        letters.count(3, &texts);
        letters.count(3, &[]);
        let found = letters.find(3, "e").unwrap();
        assert_eq!((found.total, found.few, found.newest), (300, None, 300));
        letters.follow(&[word(300, "e", "")]);
        assert_eq!(total(&letters, "e"), Some(299));
    }

    #[test]
    fn too_many_sequences_are_given_up() {
        let mut letters = Letters::default();
        let text: String = ('\u{4e00}'..='\u{9fff}').collect();
        assert!(!letters.count(3, &[(1, text)]));
        assert_eq!(letters.find(3, "a"), None);
        assert_eq!(letters.next(&[3]), None);
        letters.follow(&[word(2, "", "a")]);
        assert_eq!(letters.find(3, "a"), None, "the texts are read instead");
    }
}
