//! Groups: the objects of a kind that share certain values. Lists are read from groups in order, and group sizes
//! are stored, so that neither gets slower with more objects.

use std::collections::{BTreeSet, HashMap};

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params};

use super::object::Index;
use crate::sandbox::caller::Environment;

/// The most values that are combined: each one doubles the number of groups.
const COMBINED: usize = 6;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) total: u64,
}

/// Changes of groups that are not written yet: a size changes with each object, but is written once.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    ids: HashMap<(Environment, &'static str), HashMap<String, i64>>,
    sizes: HashMap<i64, i64>,
    /// Whether the current change added something.
    is_changed: bool,
}

impl Pending {
    pub(crate) fn add(&mut self, group: i64, count: i64) {
        *self.sizes.entry(group).or_default() += count;
        self.is_changed = true;
    }

    /// Begins a change.
    pub(super) fn begin(&mut self) {
        self.is_changed = false;
    }

    /// Whether the current change has added nothing.
    pub(super) fn is_unchanged(&self) -> bool {
        !self.is_changed
    }

    /// How many objects a change has added to a group.
    pub(super) fn added(&self, group: i64) -> i64 {
        self.sizes.get(&group).copied().unwrap_or_default()
    }

    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.sizes.clear();
    }

    /// Writes the sizes, and removes empty groups.
    pub(crate) fn write(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut sizes: Vec<(i64, i64)> = self.sizes.drain().filter(|(_, count)| *count != 0).collect();
        sizes.sort_unstable();
        let mut add = conn.prepare_cached("UPDATE groups SET total = total + ?2 WHERE id = ?1")?;
        let mut remove = conn.prepare_cached("DELETE FROM groups WHERE id = ?1 AND total <= 0")?;
        for (group, count) in sizes {
            add.execute([group, count])?;
            if count < 0 {
                remove.execute([group])?;
            }
        }
        Ok(())
    }

    /// The id of a group, which is created if necessary.
    pub(crate) fn id(
        &mut self,
        conn: &Connection,
        environment: Environment,
        kind: &'static str,
        name: &str,
    ) -> rusqlite::Result<i64> {
        let known = self.ids.entry((environment, kind)).or_default();
        if let Some(id) = known.get(name) {
            return Ok(*id);
        }
        let id = match find(conn, environment, kind, name)? {
            Some(group) => group.id,
            None => {
                let sql = "INSERT INTO groups (environment, kind, name, total) VALUES (?1, ?2, ?3, 0)";
                conn.prepare_cached(sql)?.execute(params![environment.as_str(), kind, name])?;
                conn.last_insert_rowid()
            }
        };
        known.insert(name.to_owned(), id);
        Ok(id)
    }
}

pub(crate) fn find(
    conn: &Connection,
    environment: Environment,
    kind: &str,
    name: &str,
) -> rusqlite::Result<Option<Group>> {
    let sql = "SELECT id, total FROM groups WHERE environment = ?1 AND kind = ?2 AND name = ?3";
    let read = |row: &rusqlite::Row<'_>| Ok(Group { id: row.get(0)?, total: row.get(1)? });
    conn.prepare_cached(sql)?.query_row(params![environment.as_str(), kind, name], read).optional()
}

pub(crate) fn names(index: &Index) -> BTreeSet<String> {
    let combined = sorted(&index.filter_values);
    let combined = combined.get(..COMBINED.min(combined.len())).unwrap_or_default();
    let subsets = 0_u32..1 << combined.len();
    let subset = |bits: u32| {
        let chosen = combined.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1);
        chosen.map(|(_, value)| *value)
    };
    let multi_values = index.multi_values.iter().map(|value| name_of(std::iter::once(value)));
    subsets.map(|bits| name_of(subset(bits))).chain(multi_values).collect()
}

/// The name of the group of the objects that have all of these values.
pub(crate) fn name(values: &[(&'static str, Sql)]) -> String {
    name_of(sorted(values).into_iter())
}

fn sorted<'v>(values: &'v [(&'static str, Sql)]) -> Vec<&'v (&'static str, Sql)> {
    let mut sorted: Vec<_> = values.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    sorted
}

/// The text in the name of a group with a single value.
pub(super) fn text_of(name: &str) -> Option<&str> {
    let (length, rest) = name.split_once(':')?.1.split_once(':')?;
    rest.get(..length.parse().ok()?)
}

/// Contains the length of each value, so that different values never have the same name.
fn name_of<'v>(values: impl Iterator<Item = &'v (&'static str, Sql)>) -> String {
    let mut out = String::new();
    for (name, value) in values {
        match value {
            Sql::Text(text) => out.push_str(&format!("{name}:{}:{text};", text.len())),
            Sql::Integer(number) => out.push_str(&format!("{name}={number};")),
            other => out.push_str(&format!("{name}?{other:?};")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &'static str, value: &str) -> (&'static str, Sql) {
        (name, Sql::Text(value.to_owned()))
    }

    #[test]
    fn group_names_cover_all_combinations() {
        let index = Index {
            filter_values: vec![text("b", "x"), ("a", Sql::Integer(1))],
            multi_values: vec![text("tag", "t"), text("tag", "t"), text("tag", "u")],
            ..Index::default()
        };
        let all: Vec<String> = names(&index).into_iter().collect();
        assert_eq!(all, ["", "a=1;", "a=1;b:1:x;", "b:1:x;", "tag:1:t;", "tag:1:u;"]);
        assert_eq!(name(&[text("b", "x"), ("a", Sql::Integer(1))]), "a=1;b:1:x;", "in whatever order");
        assert_eq!(text_of(&name(&[text("tags", "a:1;ü")])), Some("a:1;ü"));
        assert_ne!(name(&[text("a", "1;b:1:x")]), name(&[text("a", "1"), text("b", "x")]));
    }
}
