//! The state of the view and how activities and what was read change it; keys are in [`super::keymap`]. It draws nothing
//! and reads nothing: it asks for [`Effect`]s.

use std::collections::VecDeque;

use jiff::tz::TimeZone;

use super::detail;
use super::document::Document;
use super::layout::{Layout, arrange};
use super::list::EventList;
use super::request::{Effect, ListQuery, Loaded};
use super::status::RunStatus;
use super::text::Styled;
use super::theme::Theme;
use crate::forward::Activity;
use crate::history::EventKey;

/// Messages kept for `m`.
const MOST_MESSAGES: usize = 500;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    List,
    Details,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overlay {
    Help,
    Messages,
}

#[derive(Debug)]
pub(crate) struct App {
    pub(super) theme: Theme,
    pub(super) zone: TimeZone,
    pub(super) list: EventList,
    pub(super) query: ListQuery,
    /// The text of a search that is being typed, and the search before it.
    pub(super) typing: Option<String>,
    /// Of the event whose details are shown, also while they are read.
    pub(super) opened: Option<EventKey>,
    pub(super) document: Option<Document>,
    pub(super) focus: Pane,
    pub(super) overlay: Option<(Overlay, Document)>,
    pub(super) status: RunStatus,
    pub(super) messages: VecDeque<Styled>,
    pub(super) layout: Layout,
    size: (u16, u16),
    pub(super) effects: Vec<Effect>,
}

impl App {
    pub(crate) fn new(theme: Theme, zone: TimeZone) -> Self {
        Self {
            theme,
            zone,
            list: EventList::new(),
            query: ListQuery::default(),
            typing: None,
            opened: None,
            document: None,
            focus: Pane::List,
            overlay: None,
            status: RunStatus::default(),
            messages: VecDeque::new(),
            layout: Layout::default(),
            size: (0, 0),
            effects: vec![Effect::List(ListQuery::default())],
        }
    }

    /// What is to be done now.
    pub(crate) fn effects(&mut self) -> Vec<Effect> {
        if let Some(keys) = self.list.wanted() {
            self.effects.push(Effect::Rows(keys));
        }
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        if self.size != (columns, rows) {
            self.size = (columns, rows);
            self.arrange();
        }
    }

    pub(crate) fn activity(&mut self, activity: &Activity) {
        self.status.update(activity);
    }

    /// Shows a line, which may be styled, and keeps it for `m`.
    pub(crate) fn message(&mut self, line: &str) {
        for line in line.lines() {
            self.messages.push_back(Styled::from_ansi(line));
        }
        let surplus = self.messages.len().saturating_sub(MOST_MESSAGES);
        self.messages.drain(..surplus);
        if matches!(self.overlay, Some((Overlay::Messages, _))) {
            self.show(Overlay::Messages);
        }
    }

    pub(crate) fn loaded(&mut self, loaded: Loaded) {
        match loaded {
            Loaded::List(query, keys) if query == self.query => {
                self.list.replace(keys);
                self.list.invalidate_all();
            }
            Loaded::Changed { query, added, updated } => {
                if query == self.query {
                    self.list.add(&added);
                }
                self.list.invalidate(&updated);
                if let Some(opened) = self.opened.filter(|opened| updated.contains(opened)) {
                    self.effects.push(Effect::Open(opened));
                }
            }
            Loaded::Rows(asked, rows) => {
                // Old events are removed many at a time.
                if self.list.loaded(&asked, rows) {
                    self.effects.push(Effect::List(self.query.clone()));
                }
            }
            Loaded::Event(key, Some(view)) if self.opened == Some(key) => {
                let lines = detail::lines(&view, &self.zone);
                match &mut self.document {
                    Some(document) => document.replace(lines),
                    None => self.document = Some(Document::new(lines)),
                }
                self.arrange();
            }
            Loaded::Event(key, None) if self.opened == Some(key) => {
                self.message("The event is no longer in the history.");
                self.close();
            }
            Loaded::List(..) | Loaded::Event(..) => {}
        }
        self.follow_selection();
    }

    pub(super) fn set_query(&mut self, query: ListQuery) {
        if query != self.query {
            self.query = query.clone();
            self.effects.push(Effect::List(query));
        }
    }

    /// The event that a key is about.
    pub(super) fn current(&self) -> Option<EventKey> {
        self.opened.filter(|_| self.focus == Pane::Details).or(self.list.selected())
    }

    pub(super) fn open(&mut self) {
        if self.list.selected().is_none() {
            return;
        }
        // Otherwise the next event would replace what is being read.
        self.list.hold();
        self.focus = Pane::Details;
        self.opened = self.opened.or(self.list.selected());
        self.effects.extend(self.opened.filter(|_| self.document.is_none()).map(Effect::Open));
        self.arrange();
    }

    pub(super) fn close(&mut self) {
        (self.opened, self.document, self.focus) = (None, None, Pane::List);
        self.arrange();
    }

    /// Opened details are those of the selected event.
    pub(super) fn follow_selection(&mut self) {
        let selected = self.list.selected();
        if self.opened.is_some() && self.opened != selected {
            (self.opened, self.document) = (selected, None);
            self.effects.extend(selected.map(Effect::Open));
            if selected.is_none() {
                self.close();
            }
        }
    }

    pub(super) fn show(&mut self, overlay: Overlay) {
        let lines = match overlay {
            Overlay::Help => super::help::lines(),
            Overlay::Messages => super::help::messages(&self.messages),
        };
        let mut document = Document::new(lines);
        document.resize(self.layout.overlay.0, self.layout.overlay.1);
        if overlay == Overlay::Messages {
            document.down(usize::MAX);
        }
        self.overlay = Some((overlay, document));
    }

    pub(super) fn arrange(&mut self) {
        self.layout = arrange(self.size, self.opened.is_some(), self.focus == Pane::Details);
        self.list.resize(self.layout.list_rows());
        let (columns, rows) = self.layout.details_size();
        if let Some(document) = &mut self.document {
            document.resize(columns, rows);
        }
        if let Some((_, document)) = &mut self.overlay {
            document.resize(self.layout.overlay.0, self.layout.overlay.1);
        }
    }
}

#[cfg(test)]
mod tests;
