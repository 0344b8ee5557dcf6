//! How many objects each list had when it was asked for. Counting is what takes long in a large table; what
//! was counted once is kept right by every change.

use std::collections::HashMap;

use super::tables::{Index, Selection, Values};
use crate::sandbox::caller::Environment;

/// The numbers, by environment and kind.
#[derive(Debug, Default)]
pub(crate) struct Totals(HashMap<(Environment, &'static str), HashMap<String, Counted>>);

/// A list, apart from its order and its pages.
#[derive(Debug)]
struct Counted {
    facets: Values,
    alone: Values,
    search: Option<String>,
    total: u64,
}

/// An object that came, changed or went: what it was found by and what it is found by.
#[derive(Debug)]
pub(crate) struct Move {
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
        let (facets, alone) = (selection.facets.clone(), selection.alone.clone());
        let counted = Counted { facets, alone, search: selection.search.clone(), total };
        of_kind.insert(key(selection), counted);
    }

    /// What follows from a change that was committed.
    pub(crate) fn follow(&mut self, moves: &[Move]) {
        for moved in moves {
            let Some(of_kind) = self.0.get_mut(&(moved.environment, moved.kind)) else { continue };
            for counted in of_kind.values_mut() {
                let has = |index: &Option<Index>| index.as_ref().is_some_and(|index| counted.has(index));
                let (had, has) = (has(&moved.old), has(&moved.new));
                let total = counted.total.saturating_add(has.into()).saturating_sub(had.into());
                counted.total = total;
            }
        }
    }
}

impl Counted {
    fn has(&self, index: &Index) -> bool {
        self.facets.iter().all(|value| index.facets.contains(value))
            && self.alone.iter().all(|value| index.alone.contains(value))
            && self.search.as_ref().is_none_or(|text| index.search.contains(text.as_str()))
    }
}

fn key(selection: &Selection) -> String {
    format!("{:?}{:?}{:?}", selection.facets, selection.alone, selection.search)
}
