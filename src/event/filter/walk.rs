//! Finds the values at a path without building a value tree.

use serde_json::value::RawValue;

use crate::event::members::members;
use crate::event::path::Step;

/// Whether `test` accepts one of the values at the path. Only [`Step::Append`] can lead to more than one.
pub(super) fn any(value: &str, steps: &[Step], test: &mut impl FnMut(&str) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else { return test(value) };
    match (value.bytes().next(), step) {
        (Some(b'{'), Step::Member(name)) => {
            let mut found = None;
            // The last one of repeated members counts, as everywhere.
            let read = members(value, |member, value| {
                if member == name.as_bytes() {
                    found = Some(value);
                }
            });
            read.is_ok() && found.is_some_and(|value| any(value.get(), rest, test))
        }
        (Some(b'['), Step::Append) => {
            elements(value).is_some_and(|items| items.iter().any(|item| any(item.get(), rest, test)))
        }
        (Some(b'['), Step::Index(index)) => element(value, *index, rest, test),
        (Some(b'['), Step::Member(name)) => {
            name.parse().is_ok_and(|index: usize| element(value, index, rest, test))
        }
        _ => false,
    }
}

fn element(array: &str, index: usize, rest: &[Step], test: &mut impl FnMut(&str) -> bool) -> bool {
    elements(array)
        .and_then(|items| items.get(index).copied())
        .is_some_and(|item| any(item.get(), rest, test))
}

fn elements(array: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(array).ok()
}
