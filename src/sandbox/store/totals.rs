//! The totals of lists that were requested before. Counting is slow in a large table, so a
//! total is counted once and then updated by every change.

use std::collections::HashMap;

use super::letters::Letters;
use super::object::{Index, Selection, Values};
use super::words::Word;
use crate::sandbox::caller::Environment;

/// The totals, by environment and kind.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    lists: HashMap<(Environment, &'static str), HashMap<String, Counted>>,
    pub(super) letters: Letters,
}

/// A list, apart from its order and its pages.
#[derive(Debug)]
struct Counted {
    filter_values: Values,
    multi_values: Values,
    search: Option<String>,
    total: u64,
}

/// A created, updated or deleted object: its index before and after.
#[derive(Debug)]
pub(crate) struct IndexUpdate {
    pub(crate) environment: Environment,
    pub(crate) kind: &'static str,
    pub(crate) old: Option<Index>,
    pub(crate) new: Option<Index>,
}

impl Totals {
    /// The most lists of one kind; after that they are counted again.
    const MOST: usize = 1_000;

    pub(crate) fn known(&self, environment: Environment, selection: &Selection) -> Option<u64> {
        let of_kind = self.lists.get(&(environment, selection.kind))?;
        of_kind.get(&key(selection)).map(|counted| counted.total)
    }

    pub(crate) fn learn(&mut self, environment: Environment, selection: &Selection, total: u64) {
        let of_kind = self.lists.entry((environment, selection.kind)).or_default();
        if of_kind.len() >= Self::MOST {
            of_kind.clear();
        }
        let (filter_values, multi_values) = (selection.filter_values.clone(), selection.multi_values.clone());
        let counted = Counted { filter_values, multi_values, search: selection.search.clone(), total };
        of_kind.insert(key(selection), counted);
    }

    /// Everything was removed.
    pub(super) fn clear(&mut self) {
        self.lists.clear();
        self.letters.clear();
    }

    /// Applies a committed change.
    pub(super) fn follow(&mut self, index_updates: &[IndexUpdate], words: &[Word]) {
        self.letters.follow(words);
        for update in index_updates {
            let Some(of_kind) = self.lists.get_mut(&(update.environment, update.kind)) else { continue };
            for counted in of_kind.values_mut() {
                let has = |index: &Option<Index>| index.as_ref().is_some_and(|index| counted.has(index));
                let (had, has) = (has(&update.old), has(&update.new));
                let total = counted.total.saturating_add(has.into()).saturating_sub(had.into());
                counted.total = total;
            }
        }
    }
}

impl Counted {
    fn has(&self, index: &Index) -> bool {
        self.filter_values.iter().all(|value| index.filter_values.contains(value))
            && self.multi_values.iter().all(|value| index.multi_values.contains(value))
            && self.search.as_ref().is_none_or(|text| index.search.contains(text.as_str()))
    }
}

fn key(selection: &Selection) -> String {
    format!("{:?}{:?}{:?}", selection.filter_values, selection.multi_values, selection.search)
}
