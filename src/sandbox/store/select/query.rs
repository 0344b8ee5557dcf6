//! The SQL of a list.

use rusqlite::types::Value as Sql;

use crate::sandbox::store::groups::Group;
use crate::sandbox::store::object::{Order, Selection, searchable};
use crate::sandbox::store::tables::Tables;
use crate::sandbox::store::words::{MOST_SEQ, search_base};

/// The text index has runs of three characters; shorter terms are searched in the text itself.
const SHORTEST_INDEXED: usize = 3;
/// With this few objects, reading their texts is faster than the index.
const FEW: u64 = 500;

/// A selection as SQL. Its text contains only names from this program, never values.
pub(super) struct Query {
    /// `FROM … WHERE …`.
    pub(super) matching: String,
    /// The `seq` of an object.
    seq: &'static str,
    /// The columns to sort by: `seq`, or a sort key before it.
    pub(super) rank: Option<&'static str>,
    pub(super) params: Vec<Sql>,
}

impl Query {
    /// `newest` is an object without newer ones among the selected.
    pub(super) fn new(
        tables: &Tables<'_>,
        selection: &Selection,
        (groups, newest): (&[Group], Option<i64>),
    ) -> Self {
        let base = groups.last().map_or(0, |all| search_base(all.id));
        let others = groups.get(..groups.len().saturating_sub(1)).unwrap_or_default();
        let smallest = groups.first().map_or(0, |group| group.total);
        let text = selection.search.as_deref().map(|text| searchable(text).into_owned());
        let driving = text.as_ref().filter(|_| smallest > FEW);
        let mut query = match (selection.order, driving) {
            (Order::Rising(name) | Order::Falling(name), _) => Self::by_rank(tables, selection.kind, name),
            (_, Some(text)) if is_indexed(text) => Self::by_text(text, base),
            (_, Some(text)) => Self::by_scan(text, base, newest),
            _ => Self::by_group(groups.first().map_or(0, |group| group.id)),
        };
        let driven_by_group = query.seq == "d.seq" && query.rank.is_none();
        for group in others.iter().skip(usize::from(driven_by_group)) {
            let id = query.bind(group.id.into());
            query.matching.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM members x WHERE x.in_group = ?{id} AND x.seq = {})",
                query.seq
            ));
        }
        let by_text = query.seq != "d.seq";
        if let Some(text) = text.filter(|_| !by_text) {
            let (text, base) = (query.bind(text.into()), query.bind(base.into()));
            query.matching.push_str(&format!(
                " AND instr((SELECT s.c0 FROM search_content s WHERE s.id = ?{base} + d.seq), ?{text}) > 0"
            ));
        }
        query
    }

    fn by_group(group: i64) -> Self {
        let matching = "FROM members d WHERE d.in_group = ?1".to_owned();
        Self { matching, seq: "d.seq", rank: None, params: vec![group.into()] }
    }

    fn by_rank(tables: &Tables<'_>, kind: &str, name: &str) -> Self {
        let texts = [tables.environment.as_str(), kind, name];
        Self {
            matching: "FROM ranks d WHERE d.environment = ?1 AND d.kind = ?2 AND d.name = ?3".to_owned(),
            seq: "d.seq",
            rank: Some("d.value"),
            params: texts.map(|text| text.to_owned().into()).to_vec(),
        }
    }

    /// A phrase of the text index: the characters in order, which is the same as a substring search.
    fn by_text(text: &str, base: i64) -> Self {
        let phrase = format!("\"{}\"", text.replace('"', "\"\""));
        Self {
            matching: "FROM search d WHERE d.search MATCH ?1 AND d.rowid BETWEEN ?2 AND ?3".to_owned(),
            seq: "(d.rowid - ?2)",
            rank: None,
            params: vec![phrase.into(), base.into(), (base + MOST_SEQ).into()],
        }
    }

    /// Reads every text of the kind, for terms that are too short for the index.
    fn by_scan(text: &str, base: i64, newest: Option<i64>) -> Self {
        // the table in which the text index stores the texts
        let matching = "FROM search_content d WHERE d.id BETWEEN ?2 AND ?3 AND instr(d.c0, ?1) > 0";
        Self {
            matching: matching.to_owned(),
            seq: "(d.id - ?2)",
            rank: None,
            params: vec![text.to_owned().into(), base.into(), (base + newest.unwrap_or(MOST_SEQ)).into()],
        }
    }

    fn bind(&mut self, value: Sql) -> usize {
        self.params.push(value);
        self.params.len()
    }

    /// Limit and offset are the two last parameters.
    pub(super) fn seqs(&self, order: Order, backwards: bool) -> String {
        let falling = matches!(order, Order::Newest | Order::Falling(_)) != backwards;
        let direction = if falling { " DESC" } else { "" };
        // the name under which an index gives the order
        let seq = if self.seq == "d.seq" { "d.seq" } else { "d.rowid" };
        let rank = self.rank.map(|rank| format!("{rank}{direction}, ")).unwrap_or_default();
        let (limit, offset) = (self.params.len() + 1, self.params.len() + 2);
        format!(
            "SELECT {} AS seq {} ORDER BY {rank}{seq}{direction} LIMIT ?{limit} OFFSET ?{offset}",
            self.seq, self.matching
        )
    }

    /// The `seq` first, so that skipped rows are not read in full.
    pub(super) fn page(&self, order: Order, backwards: bool) -> String {
        let seqs = self.seqs(order, backwards);
        format!("SELECT o.seq, o.uuid, o.body FROM ({seqs}) page JOIN objects o ON o.seq = page.seq")
    }
}

fn is_indexed(text: &str) -> bool {
    text.chars().nth(SHORTEST_INDEXED - 1).is_some()
}

pub(super) fn integer(number: u64) -> Sql {
    Sql::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
