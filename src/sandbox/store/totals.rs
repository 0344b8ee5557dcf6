//! How many objects each list had when it was asked for. Counting is what takes long in a large table; what
//! was counted once is kept right by every change.

use std::collections::HashMap;

use super::object::{Index, Selection, Values};
use crate::sandbox::caller::Environment;

/// The numbers, by environment and kind.
#[derive(Debug, Default)]
pub(crate) struct Totals(HashMap<(Environment, &'static str), HashMap<String, Counted>>);

/// A list, apart from its order and its pages.
#[derive(Debug)]
struct Counted {
    filter_values: Values,
    multi_values: Values,
    search: Option<String>,
    total: u64,
}

/// An object that came, changed or went: what it was found by and what it is found by.
#[derive(Debug)]
pub(crate) struct IndexUpdate {
    pub(crate) environment: Environment,
    pub(crate) kind: &'static str,
    pub(crate) old: Option<Index>,
    pub(crate) new: Option<Index>,
}

impl Totals {
    /// More lists of one kind than anybody asks for.
    const MOST: usize = 1_000;

    /// How many there are, if that is known.
    pub(crate) fn known(&self, environment: Environment, selection: &Selection) -> Option<u64> {
        let of_kind = self.0.get(&(environment, selection.kind))?;
        of_kind.get(&key(selection)).map(|counted| counted.total)
    }

    /// Remembers what was counted.
    pub(crate) fn learn(&mut self, environment: Environment, selection: &Selection, total: u64) {
        let of_kind = self.0.entry((environment, selection.kind)).or_default();
        if of_kind.len() >= Self::MOST {
            of_kind.clear();
        }
        let (filter_values, multi_values) = (selection.filter_values.clone(), selection.multi_values.clone());
        let counted = Counted { filter_values, multi_values, search: selection.search.clone(), total };
        of_kind.insert(key(selection), counted);
    }

    /// What follows from a change that was committed.
    pub(crate) fn follow(&mut self, index_updates: &[IndexUpdate]) {
        for update in index_updates {
            let Some(of_kind) = self.0.get_mut(&(update.environment, update.kind)) else { continue };
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
