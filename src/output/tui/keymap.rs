//! What each key does.

use super::app::{App, Overlay, Pane};
use super::document::Document;
use super::keys::Key;
use super::request::{Effect, ListQuery};
use super::status::Connection;
use crate::history::EventState;

/// Characters of a search.
const LONGEST_SEARCH: usize = 200;
/// The filters of `f`, in turn.
const STATES: [Option<EventState>; 6] = [
    None,
    Some(EventState::Failed),
    Some(EventState::Waiting),
    Some(EventState::Delivered),
    Some(EventState::Skipped),
    Some(EventState::Dismissed),
];

impl App {
    pub(crate) fn key(&mut self, key: Key) {
        if self.typing.is_some() {
            self.type_search(key);
        } else if self.overlay.is_some() {
            self.overlay_key(key);
        } else if !self.command(key) {
            match self.focus {
                Pane::List => self.list_key(key),
                Pane::Details => self.details_key(key),
            }
        }
        self.follow_selection();
    }

    /// Keys that mean the same in both panes.
    fn command(&mut self, key: Key) -> bool {
        match key {
            Key::Char('q') => {
                self.status.connection = Connection::Stopping;
                self.effects.push(Effect::Quit);
            }
            Key::Char('p') => self.effects.push(Effect::TogglePause),
            Key::Char('r') => self.effects.extend(self.current().map(Effect::Replay)),
            Key::Char('y') => self.effects.extend(self.current().map(Effect::Copy)),
            Key::Char('/') => self.typing = Some(self.query.search.clone()),
            Key::Char('f') => {
                let now = STATES.iter().position(|state| *state == self.query.state).unwrap_or_default();
                let state = STATES.get((now + 1) % STATES.len()).copied().flatten();
                self.set_query(ListQuery { state, ..self.query.clone() });
            }
            Key::Char('?') => self.show(Overlay::Help),
            Key::Char('m') => self.show(Overlay::Messages),
            Key::Tab if self.opened.is_some() => {
                self.focus = if self.focus == Pane::List { Pane::Details } else { Pane::List };
                self.arrange();
            }
            _ => return false,
        }
        true
    }

    fn list_key(&mut self, key: Key) {
        let list = &mut self.list;
        match key {
            Key::Char('j') | Key::Down => list.down(1),
            Key::Char('k') | Key::Up => list.up(1),
            Key::PageDown | Key::Char(' ') => list.down(list.page()),
            Key::PageUp => list.up(list.page()),
            Key::Char('g') | Key::Home => list.first(),
            Key::Char('G') | Key::End => list.last(),
            Key::Enter | Key::Right | Key::Char('l') => self.open(),
            Key::Escape if self.opened.is_some() => self.close(),
            Key::Escape if self.query != ListQuery::default() => self.set_query(ListQuery::default()),
            _ => {}
        }
    }

    fn details_key(&mut self, key: Key) {
        if key == Key::Escape {
            return self.close();
        }
        let is_outside =
            matches!(key, Key::Left | Key::Char('h')) && !self.document.as_mut().is_some_and(Document::close);
        if is_outside {
            self.focus = Pane::List;
            self.arrange();
        } else if let Some(document) = &mut self.document {
            scroll(document, key);
            match key {
                Key::Right | Key::Char('l') => drop(document.open()),
                Key::Enter | Key::Char(' ') => document.toggle(),
                _ => {}
            }
        }
    }

    fn overlay_key(&mut self, key: Key) {
        match (key, &mut self.overlay) {
            (Key::Escape | Key::Enter | Key::Char('q' | '?' | 'm'), _) => self.overlay = None,
            (_, Some((_, document))) => scroll(document, key),
            _ => {}
        }
    }

    fn type_search(&mut self, key: Key) {
        let Some(text) = &mut self.typing else { return };
        match key {
            Key::Enter => {
                let search = std::mem::take(text).trim().to_owned();
                self.typing = None;
                self.set_query(ListQuery { search, ..self.query.clone() });
            }
            Key::Escape => self.typing = None,
            Key::Backspace => drop(text.pop()),
            Key::ClearLine => text.clear(),
            Key::Char(c) if text.chars().count() < LONGEST_SEARCH => text.push(c),
            _ => {}
        }
    }
}

fn scroll(document: &mut Document, key: Key) {
    match key {
        Key::Char('j') | Key::Down => document.down(1),
        Key::Char('k') | Key::Up => document.up(1),
        Key::PageDown => document.down(document.page()),
        Key::PageUp => document.up(document.page()),
        Key::Char('g') | Key::Home => document.up(usize::MAX),
        Key::Char('G') | Key::End => document.down(usize::MAX),
        _ => {}
    }
}
