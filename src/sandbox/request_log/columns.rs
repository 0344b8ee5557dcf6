//! The columns that filters use, for every stored entry: a few bytes each, so that a million entries are filtered
//! in milliseconds, and no total has to be kept.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::entry::LogEntry;
use super::filter::Filter;
use crate::sandbox::store::requests::RequestSummary;

/// The entries of one log, oldest first, without gaps.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    rows: VecDeque<Row>,
    /// The position of the first row.
    first: u64,
    names: Names,
    /// Which names match the path pattern of the last request: pages are requested one after another.
    paths: (String, Vec<Option<bool>>),
}

#[derive(Clone, Copy, Debug)]
struct Row {
    /// Unix milliseconds.
    at: i64,
    path: u32,
    method: u32,
    tail: u32,
    /// 0 is a lost entry.
    status: u16,
}

/// The entries that match a filter.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// The positions of the newest ones, up to the limit.
    pub(crate) positions: Vec<u64>,
    /// How many match.
    pub(crate) total: usize,
    /// Whether older ones match.
    pub(crate) has_more: bool,
}

impl Columns {
    /// Empty columns; the first entry will be at `first`.
    pub(crate) fn starting_at(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    pub(crate) fn push(&mut self, entry: &LogEntry) {
        let row = Row {
            at: entry.time.as_millisecond(),
            path: self.names.take(entry.path()),
            method: self.names.take(entry.method.as_str()),
            tail: entry.tail.as_deref().map_or(NONE, |tail| self.names.take(tail)),
            status: entry.status.as_u16(),
        };
        self.rows.push_back(row);
    }

    /// Adds entries before the oldest one, newest first. Missing positions are lost entries.
    pub(crate) fn extend_back(&mut self, older: Vec<RequestSummary>) {
        for facts in older {
            while self.first > facts.position + 1 {
                self.rows.push_front(Row { at: 0, path: NONE, method: NONE, tail: NONE, status: 0 });
                self.first -= 1;
            }
            let row = Row {
                at: facts.at,
                path: self.names.take(&facts.path),
                method: self.names.take(&facts.method),
                tail: facts.tail.as_deref().map_or(NONE, |tail| self.names.take(tail)),
                status: facts.status,
            };
            self.rows.push_front(row);
            self.first = facts.position;
        }
    }

    pub(crate) fn pop(&mut self) {
        if let Some(row) = self.rows.pop_front() {
            self.first += 1;
            [row.path, row.method, row.tail].into_iter().for_each(|name| self.names.give_back(name));
        }
    }

    /// The newest `limit` matching entries before the position `end`.
    pub(crate) fn find(&mut self, filter: &Filter, end: u64, limit: usize) -> Hits {
        let mut hits = Hits::default();
        let (asked, known) = std::mem::take(&mut self.paths);
        let pattern = filter.pattern();
        let known = if asked == pattern { self.names.still(known) } else { Vec::new() };
        self.names.fresh.clear();
        let mut sieve = Sieve::new(filter, &self.names, known);
        let positions = (self.first..self.first + self.rows.len() as u64).rev();
        for (row, position) in self.rows.iter().rev().zip(positions) {
            if !sieve.admits(row) {
                continue;
            }
            hits.total += 1;
            if position < end && hits.positions.len() < limit {
                hits.positions.push(position);
            } else if position < end {
                hits.has_more = true;
            }
        }
        self.paths = (pattern, sieve.paths);
        hits
    }
}

/// A filter that checks each name only once.
struct Sieve<'f> {
    filter: &'f Filter,
    names: &'f Names,
    /// Whether each name matches as a path, and as a method.
    paths: Vec<Option<bool>>,
    methods: Vec<Option<bool>>,
    /// The tail to leave out.
    tail: u32,
    since: i64,
    until: i64,
}

impl<'f> Sieve<'f> {
    fn new(filter: &'f Filter, names: &'f Names, mut paths: Vec<Option<bool>>) -> Self {
        paths.resize(names.texts.len(), None);
        let methods = vec![None; names.texts.len()];
        let (since, until) = filter.milliseconds();
        let tail = filter.left_out_tail().and_then(|tail| names.ids.get(tail).copied()).unwrap_or(NONE);
        Self { filter, names, paths, methods, tail, since, until }
    }

    fn admits(&mut self, row: &Row) -> bool {
        let (filter, names) = (self.filter, self.names);
        row.status != 0
            && row.at >= self.since
            && row.at < self.until
            && filter.admits_status(row.status)
            && (self.tail == NONE || row.tail != self.tail)
            && ask(&mut self.methods, row.method, || filter.admits_method(names.text(row.method)))
            && ask(&mut self.paths, row.path, || filter.admits_path(names.text(row.path)))
    }
}

fn ask(known: &mut [Option<bool>], name: u32, answer: impl FnOnce() -> bool) -> bool {
    match known.get_mut(name as usize) {
        Some(known) => *known.get_or_insert_with(answer),
        None => answer(),
    }
}

/// No name.
const NONE: u32 = u32::MAX;

/// Interned strings with reference counts.
#[derive(Debug, Default)]
struct Names {
    texts: Vec<(Arc<str>, u32)>,
    ids: HashMap<Arc<str>, u32>,
    free: Vec<u32>,
    /// The slots that were reused since the last request.
    fresh: Vec<u32>,
}

impl Names {
    fn take(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            if let Some((_, uses)) = self.texts.get_mut(*id as usize) {
                *uses += 1;
            }
            return *id;
        }
        let text: Arc<str> = text.into();
        let fresh = (Arc::clone(&text), 1);
        let id = match self.free.pop() {
            Some(id) => {
                if let Some(place) = self.texts.get_mut(id as usize) {
                    *place = fresh;
                }
                self.fresh.push(id);
                id
            }
            None => {
                self.texts.push(fresh);
                u32::try_from(self.texts.len() - 1).unwrap_or(NONE)
            }
        };
        self.ids.insert(text, id);
        id
    }

    fn give_back(&mut self, id: u32) {
        let Some((text, uses)) = self.texts.get_mut(id as usize) else { return };
        *uses = uses.saturating_sub(1);
        if *uses == 0 {
            self.ids.remove(text);
            *text = "".into();
            self.free.push(id);
        }
    }

    /// The cached matches of names that are still the same.
    fn still<T>(&self, mut known: Vec<Option<T>>) -> Vec<Option<T>> {
        for id in &self.fresh {
            if let Some(known) = known.get_mut(*id as usize) {
                *known = None;
            }
        }
        known
    }

    fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", |(text, _)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shared_and_freed_after_use() {
        let mut names = Names::default();
        let (a, b) = (names.take("a"), names.take("b"));
        assert_eq!(names.take("a"), a);
        names.give_back(a);
        assert_eq!((names.text(a), names.text(b)), ("a", "b"));
        names.give_back(a);
        assert!(!names.ids.contains_key("a"));
        assert_eq!(names.take("c"), a, "its place is free again");
        assert_eq!((names.texts.len(), names.text(a)), (2, "c"));
        assert_eq!(names.still(vec![Some(1), Some(2)]), [None, Some(2)], "it is another name now");
        names.give_back(NONE);
    }
}
