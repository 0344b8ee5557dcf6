//! What the overlays show: the keys, and the messages so far.

use std::collections::VecDeque;

use super::document::{Builder, Line};
use super::text::{Styled, Tone};

const KEYS: [(&str, &str); 17] = [
    ("j k ↑ ↓", "move"),
    ("PgUp PgDn", "move by a page"),
    ("g G", "newest event, and follow new ones; oldest event"),
    ("Enter", "open the event; in its details, fold or unfold a line"),
    ("h l ← →", "fold and unfold; ← on a line without folds leaves the details"),
    ("Tab", "change between list and details"),
    ("Esc", "close the details; then clear the search and the filter"),
    ("/", "search in bodies and types; Enter searches, Esc cancels"),
    ("f", "show failed events only, then waiting, delivered, skipped, dismissed, all"),
    ("r", "replay the event: same id and body, a fresh signature, the next attempt"),
    ("y", "copy a signed curl command, also over SSH (OSC 52)"),
    ("p", "pause deliveries, or resume them"),
    ("m", "messages of this run, and the signing secret"),
    ("Ctrl-L", "draw the screen again"),
    ("?", "this help"),
    ("q", "quit: deliveries in flight get a few seconds"),
    ("Ctrl-C", "the same; again to stop now"),
];

pub(super) fn lines() -> Vec<Line> {
    let mut page = Builder::default();
    for (keys, meaning) in KEYS {
        page.line(Styled::new(Tone::Name, super::super::width::pad(keys, 11)).with(Tone::Plain, meaning));
    }
    page.build()
}

pub(super) fn messages(messages: &VecDeque<Styled>) -> Vec<Line> {
    let mut page = Builder::default();
    messages.iter().for_each(|message| page.line(message.clone()));
    if messages.is_empty() {
        page.line(Styled::new(Tone::Dim, "(no messages yet)"));
    }
    page.build()
}
