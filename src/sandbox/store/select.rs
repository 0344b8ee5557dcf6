//! Lists: a page of the objects with certain values, and their total.

mod query;

use rusqlite::{OptionalExtension, params_from_iter};

use self::query::{Query, integer};
use super::groups::{self, Group};
use super::object::{Object, Order, Selection, object, searchable};
use super::tables::Tables;

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

/// One page of these `seq`, which are ascending.
fn page_of(seqs: &[i64], selection: &Selection) -> Vec<i64> {
    let (skip, take) = (to_usize(selection.offset), to_usize(selection.limit));
    match selection.order {
        Order::Oldest => seqs.iter().skip(skip).take(take).copied().collect(),
        _ => seqs.iter().rev().skip(skip).take(take).copied().collect(),
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
