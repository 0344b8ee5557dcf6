//! The thread that reads the history for the view: lists, rows, details, and what changes.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::shared::Shared;
use super::signature;
use crate::forward::TargetCommand;
use crate::history::{EventFilter, EventKey, HistoryReader, Watcher};
use crate::ops::copy_as;
use crate::ops::why::{Explanation, notes_around};
use crate::output::sanitize::sanitize;
use crate::output::tui::{EventView, ListQuery, Loaded, Message};
use crate::output::{Failure, style};

/// How often the file is looked at; without changes this costs one small query.
const POLL: Duration = Duration::from_millis(200);
/// After an error.
const RETRY: Duration = Duration::from_millis(500);
/// A filtered list is read again at most once per this many times the duration of reading it.
const SHARE: u32 = 10;
const AT_LEAST: Duration = Duration::from_millis(300);

/// What to read.
#[derive(Debug)]
pub(super) enum Request {
    List(ListQuery),
    Rows(Vec<EventKey>),
    Open(EventKey),
    Copy(EventKey),
}

pub(super) fn start(shared: Shared, requests: Receiver<Request>, messages: SyncSender<Message>) {
    thread::spawn(move || {
        let mut reading = Reading {
            watcher: Watcher::new(&shared.path, None),
            reader: None,
            query: ListQuery::default(),
            list_due: None,
            next_list: Instant::now(),
            reported: HashSet::new(),
            zone: TimeZone::system(),
            shared,
            messages,
        };
        // Ends with the view, which holds the other end of `requests`.
        while reading.turn(&requests) {}
    });
}

struct Reading {
    shared: Shared,
    messages: SyncSender<Message>,
    watcher: Watcher,
    reader: Option<HistoryReader>,
    query: ListQuery,
    /// The list is to be read: at once, or when it may be read again.
    list_due: Option<Due>,
    next_list: Instant,
    /// Errors are reported once each.
    reported: HashSet<String>,
    zone: TimeZone,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Now,
    Later,
}

impl Reading {
    fn turn(&mut self, requests: &Receiver<Request>) -> bool {
        let mut opened = None;
        let mut next = match requests.recv_timeout(POLL) {
            Ok(request) => Some(request),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        // Before the list is read, so that no event is missed between the two.
        self.watch();
        while let Some(request) = next {
            match request {
                Request::List(query) => (self.query, self.list_due) = (query, Some(Due::Now)),
                // Of several, only the last one is shown.
                Request::Open(key) => opened = Some(key),
                Request::Rows(keys) => self.answer_rows(keys),
                Request::Copy(key) => drop(self.answer(true, |reading| reading.copy(key))),
            }
            next = requests.try_recv().ok();
        }
        let now = Instant::now();
        if self.list_due.is_some_and(|due| due == Due::Now || now >= self.next_list) {
            self.list_due = None;
            if !self.answer(false, Self::list) {
                self.list_due = Some(Due::Later);
            }
            self.next_list = Instant::now() + (now.elapsed() * SHARE).max(AT_LEAST);
        }
        if let Some(key) = opened {
            self.answer(true, |reading| reading.event(key));
        }
        true
    }

    /// The view asks for rows again when it gets none, so errors are answered late.
    fn answer_rows(&mut self, keys: Vec<EventKey>) {
        if !self.answer(false, |reading| reading.rows(keys)) {
            thread::sleep(RETRY);
            let _ = self.messages.send(Message::Loaded(Loaded::Rows(Vec::new(), Vec::new())));
        }
    }

    /// Sends what `read` returns to the view, or why it failed; returns whether it worked.
    fn answer(&mut self, is_asked: bool, read: impl FnOnce(&mut Self) -> Result<Message, Failure>) -> bool {
        let (message, is_read) = match read(self) {
            Ok(message) => (message, true),
            Err(failure) => {
                self.reader = None;
                let reason = failure.message().to_owned();
                // The answer to a key is always shown; what is tried again and again, once.
                if !self.reported.insert(reason.clone()) && !is_asked {
                    return false;
                }
                (Message::Notice(style::warn(&sanitize(&reason))), false)
            }
        };
        // It fails if nothing is drawn any more.
        let _ = self.messages.send(message);
        is_read
    }

    fn watch(&mut self) {
        let Ok(changes) = self.watcher.poll() else { return };
        if changes.restarted {
            self.reader = None;
        }
        if changes.is_empty() {
            return;
        }
        if changes.restarted || changes.truncated || self.query != ListQuery::default() {
            self.list_due = self.list_due.or(Some(Due::Later));
        }
        // The rest would be missing between these and the next ones.
        let added = if changes.truncated { Vec::new() } else { changes.added };
        let loaded = Loaded::Changed { query: ListQuery::default(), added, updated: changes.updated };
        let _ = self.messages.send(Message::Loaded(loaded));
    }

    fn reader(&mut self) -> Result<&HistoryReader, Failure> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => HistoryReader::open(&self.shared.path)?,
        };
        Ok(self.reader.insert(reader))
    }

    fn list(&mut self) -> Result<Message, Failure> {
        let query = self.query.clone();
        let text = (!query.search.is_empty()).then(|| query.search.clone());
        let filter = EventFilter { state: query.state, text, ..EventFilter::default() };
        let mut keys = self.reader()?.keys(&filter)?;
        keys.reverse();
        Ok(Message::Loaded(Loaded::List(query, keys)))
    }

    fn rows(&mut self, keys: Vec<EventKey>) -> Result<Message, Failure> {
        let rows = self.reader()?.summaries(&keys)?;
        Ok(Message::Loaded(Loaded::Rows(keys, rows)))
    }

    fn event(&mut self, key: EventKey) -> Result<Message, Failure> {
        let zone = self.zone.clone();
        let reader = self.reader()?;
        let Some(event) = reader.event(key)? else {
            return Ok(Message::Loaded(Loaded::Event(key, None)));
        };
        let notes = notes_around(reader, &event)?;
        let Explanation { timeline, next, .. } = Explanation::new(&event, &notes, &zone);
        let scope = event.receptions.iter().rev().find_map(|reception| reception.run.as_ref());
        let secret = self.shared.secret_for(scope.map(|run| &run.scope));
        let signature = signature::lines(&event, secret.as_ref());
        let view = EventView { event, timeline, next, signature };
        Ok(Message::Loaded(Loaded::Event(key, Some(Box::new(view)))))
    }

    fn copy(&mut self, key: EventKey) -> Result<Message, Failure> {
        let event = self.reader()?.event(key)?;
        let gone = || Failure::failed("the event is no longer in the history");
        let event = event.ok_or_else(gone)?;
        let targets = event.deliveries.iter().rev().map(|delivery| delivery.target.clone());
        let target = targets.into_iter().find(|target| !TargetCommand::is_name(target));
        let target = target
            .ok_or_else(|| Failure::failed("the event was not sent to a URL: there is nothing to copy"))?;
        let scope = event.receptions.iter().rev().find_map(|reception| reception.run.as_ref());
        let secret = self.shared.secret_for(scope.map(|run| &run.scope)).ok_or_else(|| {
            Failure::failed(
                "the signing secret of this event is not known here: it is of another account or run",
            )
        })?;
        Ok(Message::Copy(copy_as::curl(&event, &target, &secret, self.shared.clock.now())))
    }
}
