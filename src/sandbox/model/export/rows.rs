//! The rows of an export, a part after the other: what is in memory does not grow with the export.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::Value;

use super::choice::{JSON, Part};
use crate::sandbox::http::envelope::{self, Call};
use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::resource::{Inline, Resource};
use crate::sandbox::model::{csv, view};
use crate::sandbox::state::Shared;

/// The value of `object` in the result (documented).
pub(crate) const MARKER: &str = "export";
/// Rows that are read while the store is locked: a millisecond.
const ROWS_AT_ONCE: usize = 50;
/// The usual size of a row, at least.
const ROW_BYTES: usize = 512;

/// What is sent next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Start,
    /// The rows of the first part, some of which were sent already.
    Rows {
        some: bool,
    },
    End,
}

/// An export that is being sent.
pub(super) struct Export {
    state: Shared,
    call: Call,
    parts: VecDeque<Part>,
    has_more: bool,
    is_csv: bool,
    step: Step,
    rows: u64,
}

impl Export {
    pub(super) fn new(
        (state, call): (Shared, Call),
        (parts, has_more): (VecDeque<Part>, bool),
        is_csv: bool,
    ) -> Self {
        Self { state, call, parts, has_more, is_csv, step: Step::Start, rows: 0 }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        match (self.step, self.parts.front()) {
            (Step::End, _) => Ok(None),
            (Step::Start, Some(part)) => {
                let begin = if self.is_csv { csv::header(part.resource) } else { self.begin(part.resource) };
                self.step = Step::Rows { some: false };
                Ok(Some(begin.into()))
            }
            (Step::Rows { .. }, Some(part)) if part.seqs.is_empty() => {
                self.parts.pop_front();
                let next = self.parts.front().map(|next| format!("],\"{}\":[", next.resource.path));
                self.step = Step::Rows { some: false };
                Ok(next.or_else(|| self.end()).map(Bytes::from))
            }
            (Step::Rows { some }, Some(_)) => self.read(some).map(Some),
            (Step::Start | Step::Rows { .. }, None) => Ok(None),
        }
    }

    /// Everything before the first row. The members are documented.
    fn begin(&self, first: &Resource) -> String {
        format!(
            "{{\"success\":true,\"data\":{{\"object\":\"{MARKER}\",\"format\":\"{JSON}\",\"resources\":{{\"{}\":[",
            first.path
        )
    }

    /// Everything after the last row. `hasMore` is ours.
    fn end(&mut self) -> Option<String> {
        self.step = Step::End;
        if self.is_csv {
            return None;
        }
        let (rows, has_more, meta) = (self.rows, self.has_more, envelope::meta_json(&self.call.meta));
        Some(format!("]}},\"totalRows\":{rows},\"hasMore\":{has_more}}},\"meta\":{meta}}}"))
    }

    fn read(&mut self, some: bool) -> Result<Bytes, ApiError> {
        let Some(part) = self.parts.front_mut() else { return Ok(Bytes::new()) };
        let (resource, is_csv) = (part.resource, self.is_csv);
        let seqs: Vec<i64> = part.seqs.drain(..ROWS_AT_ONCE.min(part.seqs.len())).collect();
        let inline = Inline { single: false, expand: &[] };
        let rows = self.state.store.read(self.call.caller.environment, |tables| {
            let objects = tables.at(&seqs)?.into_iter();
            objects
                .map(|object| view::item(tables, resource, object, inline))
                .collect::<Result<Vec<_>, ApiError>>()
        })?;
        let mut bytes = Vec::with_capacity(rows.len() * ROW_BYTES);
        for row in &rows {
            match row {
                Value::Object(row) if is_csv => bytes.extend(csv::row(resource, row).into_bytes()),
                row => {
                    if some || !bytes.is_empty() {
                        bytes.push(b',');
                    }
                    serde_json::to_writer(&mut bytes, row).map_err(|_| ApiError::internal())?;
                }
            }
        }
        self.rows += rows.len() as u64;
        self.step = Step::Rows { some: some || !bytes.is_empty() };
        Ok(bytes.into())
    }
}
