//! The keys of lists that clients read page by page, so that a page needs no new search.
//!
//! A kept list does not change, which is what its reader wants: the offsets of its pages stay true while events arrive
//! and change their state. Events that are removed are missing in the pages. A client names the list that it reads, so
//! a request without a name never gets an old answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::error::ApiError;
use crate::history::{EventKey, HistoryReader};
use crate::host::random;

/// The most lists. Each window reads one.
const MOST: usize = 16;
/// The most keys in all lists together: 16 MB.
const MOST_KEYS: usize = 2_000_000;

/// The lists, the last used one last.
#[derive(Default)]
pub(super) struct KeptLists(Mutex<VecDeque<KeptList>>);

struct KeptList {
    name: String,
    /// Newest first.
    keys: Arc<[EventKey]>,
    /// When the newest of its events was received. Another event with its key means that the history was cleared.
    newest_at: Option<Timestamp>,
}

impl KeptLists {
    /// Keeps a list, and returns its name.
    pub(super) fn keep(&self, keys: Vec<EventKey>, reader: &HistoryReader) -> Result<String, ApiError> {
        let newest_at = keys.first().map(|key| reader.received_at(*key)).transpose()?.flatten();
        let name = random::alphanumeric::<12>();
        let list = KeptList { name: name.clone(), keys: keys.into(), newest_at };
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.push_back(list);
        while lists.len() > MOST || lists.iter().map(|list| list.keys.len()).sum::<usize>() > MOST_KEYS {
            lists.pop_front();
        }
        Ok(name)
    }

    /// The keys of a list; `None` if it is not kept any more, or is one of another history.
    pub(super) fn get(
        &self,
        name: &str,
        reader: &HistoryReader,
    ) -> Result<Option<Arc<[EventKey]>>, ApiError> {
        let found = {
            let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(place) = lists.iter().position(|list| list.name == name) else { return Ok(None) };
            let Some(list) = lists.remove(place) else { return Ok(None) };
            let found = (Arc::clone(&list.keys), list.newest_at);
            lists.push_back(list);
            found
        };
        let (keys, newest_at) = found;
        let newest = keys.first().map(|key| reader.received_at(*key)).transpose()?.flatten();
        Ok((newest == newest_at).then_some(keys))
    }
}
