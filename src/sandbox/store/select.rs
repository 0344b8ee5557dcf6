//! Lists: a page of the objects with certain values, and their total.

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params_from_iter};

use super::groups::{self, Group};
use super::object::{Object, Order, Selection, object, searchable};
use super::tables::Tables;
use super::words::{MOST_SEQ, search_base};

/// The text index has runs of three characters; shorter terms are searched in the text itself.
const SHORTEST_INDEXED: usize = 3;
/// With this few objects, reading their texts is faster than the index.
const FEW: u64 = 500;

impl Tables<'_> {
    /// One page, and the total of all pages.
    pub(crate) fn select(&self, selection: &Selection) -> rusqlite::Result<(Vec<Object>, u64)> {
        let Some(groups) = self.groups_of(selection)? else { return Ok((Vec::new(), 0)) };
        let short = self.short(selection, &groups);
        let newest = short.as_ref().map(|short| short.newest);
        let mut query = Query::new(self, selection, (&groups, newest));
        let total = match &short {
            Some(short) => short.total,
            None => self.total(selection, &groups, &query)?,
        };
        if selection.offset >= total || selection.limit == 0 {
            return Ok((Vec::new(), total));
        }
        if let Some(seqs) = short.and_then(|short| short.few).filter(|_| query.rank.is_none()) {
            return Ok((self.at(&page_of(&seqs, selection))?, total));
        }
        // OFFSET walks over what it skips, so start from the nearer end
        let limit = selection.limit.min(total - selection.offset);
        let (backwards, offset) = match total - selection.offset - limit {
            behind if behind < selection.offset => (true, behind),
            _ => (false, selection.offset),
        };
        let sql = query.page(selection.order, backwards);
        query.params.extend([integer(limit), integer(offset)]);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let objects = statement.query_map(params_from_iter(&query.params), object)?;
        let mut objects = objects.collect::<Result<Vec<_>, _>>()?;
        if backwards {
            objects.reverse();
        }
        Ok((objects, total))
    }

    /// The groups whose common objects are selected, smallest first; `None` if one is empty. The group
    /// of the whole kind is the last.
    fn groups_of(&self, selection: &Selection) -> rusqlite::Result<Option<Vec<Group>>> {
        let mut names: Vec<String> =
            selection.multi_values.iter().map(|one| groups::name(std::slice::from_ref(one))).collect();
        if !selection.filter_values.is_empty() {
            names.push(groups::name(&selection.filter_values));
        }
        let mut found = Vec::new();
        for name in names {
            match self.group(selection.kind, &name)? {
                Some(group) if group.total > 0 => found.push(group),
                _ => return Ok(None),
            }
        }
        found.sort_by_key(|group| group.total);
        let all = self.group(selection.kind, "")?.filter(|all| all.total > 0);
        found.extend(all);
        Ok(all.map(|_| found))
    }

    /// Where a search of one or two characters finds something, if that is known.
    fn short(&self, selection: &Selection, groups: &[Group]) -> Option<Short> {
        let ([all], Some(text), Some(totals)) = (groups, &selection.search, self.totals) else { return None };
        let totals = totals.borrow();
        let found = totals.letters.find(all.id, &searchable(text))?;
        Some(Short { total: found.total, few: found.few.map(<[i64]>::to_vec), newest: found.newest })
    }

    /// The `seq` of the selected objects of one page. Without a total, which takes longer than a page.
    pub(crate) fn seqs(&self, selection: &Selection) -> rusqlite::Result<Vec<i64>> {
        let Some(groups) = self.groups_of(selection)? else { return Ok(Vec::new()) };
        let short = self.short(selection, &groups);
        let newest = short.as_ref().map(|short| short.newest);
        let mut query = Query::new(self, selection, (&groups, newest));
        if let Some(seqs) = short.and_then(|short| short.few).filter(|_| query.rank.is_none()) {
            return Ok(page_of(&seqs, selection));
        }
        let sql = query.seqs(selection.order, false);
        query.params.extend([integer(selection.limit), integer(selection.offset)]);
        let mut statement = self.conn.prepare_cached(&sql)?;
        statement.query_map(params_from_iter(&query.params), |row| row.get(0))?.collect()
    }

    /// The objects with these `seq`, except those that no longer exist.
    pub(crate) fn at(&self, seqs: &[i64]) -> rusqlite::Result<Vec<Object>> {
        let sql = "SELECT o.seq, o.uuid, o.body FROM objects o WHERE o.seq = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = seqs.iter().map(|seq| statement.query_row([seq], object).optional());
        found.filter_map(Result::transpose).collect()
    }

    fn total(&self, selection: &Selection, groups: &[Group], query: &Query) -> rusqlite::Result<u64> {
        // one group, or only that of the whole kind
        if let ([one] | [one, _], None) = (groups, &selection.search) {
            return Ok(one.total);
        }
        let known = self.totals.and_then(|totals| totals.borrow().known(self.environment, selection));
        if let Some(total) = known {
            return Ok(total);
        }
        let sql = format!("SELECT count(*) {}", query.matching);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let total = statement.query_row(params_from_iter(&query.params), |row| row.get(0))?;
        if let Some(totals) = self.totals {
            totals.borrow_mut().learn(self.environment, selection, total);
        }
        Ok(total)
    }
}

/// The objects that a search of one or two characters finds.
struct Short {
    total: u64,
    /// All of them, ascending, if they are few.
    few: Option<Vec<i64>>,
    /// No newer object is among them.
    newest: i64,
}

/// A selection as SQL. Its text contains only names from this program, never values.
struct Query {
    /// `FROM … WHERE …`.
    matching: String,
    /// The `seq` of an object.
    seq: &'static str,
    /// The columns to sort by: `seq`, or a sort key before it.
    rank: Option<&'static str>,
    params: Vec<Sql>,
}

impl Query {
    /// `newest` is an object without newer ones among the selected.
    fn new(tables: &Tables<'_>, selection: &Selection, (groups, newest): (&[Group], Option<i64>)) -> Self {
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
    fn seqs(&self, order: Order, backwards: bool) -> String {
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
    fn page(&self, order: Order, backwards: bool) -> String {
        let seqs = self.seqs(order, backwards);
        format!("SELECT o.seq, o.uuid, o.body FROM ({seqs}) page JOIN objects o ON o.seq = page.seq")
    }
}

/// One page of these `seq`, which are ascending.
fn page_of(seqs: &[i64], selection: &Selection) -> Vec<i64> {
    let (skip, take) = (to_usize(selection.offset), to_usize(selection.limit));
    match selection.order {
        Order::Oldest => seqs.iter().skip(skip).take(take).copied().collect(),
        _ => seqs.iter().rev().skip(skip).take(take).copied().collect(),
    }
}

fn is_indexed(text: &str) -> bool {
    text.chars().nth(SHORTEST_INDEXED - 1).is_some()
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn integer(number: u64) -> Sql {
    Sql::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
