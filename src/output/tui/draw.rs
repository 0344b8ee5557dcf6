//! Draws the state as one frame. It changes nothing.

use ratatui_core::layout::{Position, Rect};
use ratatui_core::terminal::Frame;

use super::super::format::{count, pluralize};
use super::super::history_json;
use super::super::sanitize::escape;
use super::app::{App, Overlay, Pane};
use super::document::Document;
use super::request::ListQuery;
use super::row::row;
use super::status::{Connection, RunStatus};
use super::text::{Styled, Tone, prefix};
use super::tree::shown;

pub(super) fn draw(app: &App, frame: &mut Frame<'_>) {
    let layout = app.layout;
    header(app, frame, layout.header);
    if let Some((overlay, document)) = &app.overlay {
        let name = match overlay {
            Overlay::Help => "Keys",
            Overlay::Messages => "Messages",
        };
        let body = layout.body;
        let title = Rect { height: body.height.min(1), ..body };
        bar(app, frame, title, title_of(name, document.position()), true);
        let text = Rect { y: body.y + title.height, height: body.height - title.height, ..body };
        document_rows(app, frame, text, document, false);
    } else {
        list(app, frame);
        details(app, frame);
    }
    if let Some(message) = app.messages.back() {
        let columns = usize::from(layout.message.width);
        app.theme.put(frame.buffer_mut(), layout.message, &message.clone().fit(columns));
    }
    footer(app, frame, layout.footer);
}

fn header(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let first = Rect { height: area.height.min(1), ..area };
    let columns = usize::from(area.width);
    let totals = totals(&app.status);
    let mut line = connection(app);
    if area.height < 2 {
        line = Styled(line.0.into_iter().chain([(Tone::Plain, "  ".to_owned())]).chain(totals.0).collect());
        return app.theme.put(frame.buffer_mut(), first, &line.fit(columns));
    }
    for target in &app.status.targets {
        let (tone, down) = if target.is_down { (Tone::Warn, " (down)") } else { (Tone::Plain, "") };
        line = line.with(Tone::Dim, "  → ").with(tone, format!("{}{down}", escape(&target.url)));
    }
    app.theme.put(frame.buffer_mut(), first, &line.fit(columns));
    let second = Rect { y: area.y + 1, height: 1, ..area };
    app.theme.put(frame.buffer_mut(), second, &totals.fit(columns));
}

fn connection(app: &App) -> Styled {
    let (tone, state) = match &app.status.connection {
        Connection::Connecting => (Tone::Warn, "connecting …".to_owned()),
        Connection::Connected => (Tone::Good, "connected".to_owned()),
        Connection::Lost { since } => {
            let since = since.to_zoned(app.zone.clone()).strftime("%H:%M:%S").to_string();
            (Tone::Warn, format!("reconnecting since {since}"))
        }
        Connection::Stopping => (Tone::Warn, "stopping …".to_owned()),
    };
    let line = Styled::new(Tone::Strong, "cstar listen  ").with(tone, state);
    if app.status.is_paused { line.with(Tone::Warn, "  PAUSED") } else { line }
}

fn totals(status: &RunStatus) -> Styled {
    let RunStatus { received, delivered, failed, skipped, queued, gaps, .. } = status;
    let failed_tone = if *failed > 0 { Tone::Bad } else { Tone::Plain };
    let mut line =
        Styled::new(Tone::Plain, format!("{} received  {} delivered  ", count(*received), count(*delivered)))
            .with(failed_tone, format!("{} failed", count(*failed)));
    for (number, tone, name) in [
        (*skipped, Tone::Dim, "skipped"),
        (*queued, Tone::Warn, "queued"),
        (*gaps, Tone::Warn, if *gaps == 1 { "gap" } else { "gaps" }),
    ] {
        if number > 0 {
            line = line.with(tone, format!("  {} {name}", count(number)));
        }
    }
    match status.history_trouble {
        Some(trouble) => line.with(Tone::Bad, format!("  {trouble}")),
        None => line,
    }
}

fn list(app: &App, frame: &mut Frame<'_>) {
    let area = app.layout.list;
    let has_focus = app.focus == Pane::List;
    bar(app, frame, app.layout.list_title, list_title(app), has_focus);
    if area.height == 0 {
        return;
    }
    if app.list.len() == 0 {
        let empty = match app.query == ListQuery::default() {
            true => "No events yet. They appear here as they arrive.",
            false => "No event matches. Esc shows all of them.",
        };
        return app.theme.put(frame.buffer_mut(), area, &Styled::new(Tone::Dim, empty));
    }
    let columns = usize::from(area.width);
    for ((key, is_selected), y) in app.list.visible().zip(area.y..area.bottom()) {
        let line = Rect { y, height: 1, ..area };
        if let Some(event) = app.list.row(key) {
            app.theme.put(frame.buffer_mut(), line, &row(event, &app.zone, columns));
        } else {
            app.theme.put(frame.buffer_mut(), line, &Styled::new(Tone::Dim, "…"));
        }
        mark(app, frame, line, is_selected, has_focus);
    }
}

fn list_title(app: &App) -> Styled {
    let mut line = match app.list.len() {
        0 => Styled::new(Tone::Plain, "Events"),
        all => Styled::new(
            Tone::Plain,
            format!("Event {} of {}", count(app.list.place() as u64), count(all as u64)),
        ),
    };
    if let Some(state) = app.query.state {
        line = line.with(Tone::Plain, format!("  {} only", history_json::state(state)));
    }
    if !app.query.search.is_empty() {
        line = line.with(Tone::Plain, format!("  /{}", shown(&app.query.search)));
    }
    match (app.list.above(), app.list.is_following()) {
        (0, true) if app.list.len() > 0 => line.with(Tone::Plain, "  following"),
        (0, _) => line,
        (newer, _) => line.with(Tone::Plain, format!("  ↑ {} newer", count(newer as u64))),
    }
}

fn details(app: &App, frame: &mut Frame<'_>) {
    if app.opened.is_none() {
        return;
    }
    let has_focus = app.focus == Pane::Details;
    let position = app.document.as_ref().and_then(Document::position);
    bar(app, frame, app.layout.details_title, title_of("Details", position), has_focus);
    for y in app.layout.divider.top()..app.layout.divider.bottom() {
        let line = Rect { y, height: 1, ..app.layout.divider };
        app.theme.put(frame.buffer_mut(), line, &Styled::new(Tone::Dim, "│"));
    }
    match &app.document {
        Some(document) => document_rows(app, frame, app.layout.details, document, has_focus),
        None => app.theme.put(frame.buffer_mut(), app.layout.details, &Styled::new(Tone::Dim, "Loading …")),
    }
}

fn document_rows(app: &App, frame: &mut Frame<'_>, area: Rect, document: &Document, has_focus: bool) {
    let (rows, cursor) = document.window();
    for ((at, text), y) in rows.enumerate().zip(area.y..area.bottom()) {
        let line = Rect { y, height: 1, ..area };
        app.theme.put(frame.buffer_mut(), line, text);
        mark(app, frame, line, has_focus && cursor == Some(at), true);
    }
}

fn mark(app: &App, frame: &mut Frame<'_>, line: Rect, is_selected: bool, has_focus: bool) {
    match (is_selected, has_focus) {
        (false, _) => {}
        (true, true) => app.theme.reverse(frame.buffer_mut(), line),
        (true, false) => app.theme.underline(frame.buffer_mut(), line),
    }
}

fn title_of(name: &str, position: Option<String>) -> Styled {
    let position = position.map(|position| format!("  {position}")).unwrap_or_default();
    Styled::new(Tone::Plain, format!("{name}{position}"))
}

/// The title of a pane; bold in the pane with the focus.
fn bar(app: &App, frame: &mut Frame<'_>, area: Rect, title: Styled, has_focus: bool) {
    if area.height == 0 {
        return;
    }
    let tone = if has_focus { Tone::Strong } else { Tone::Dim };
    let columns = usize::from(area.width);
    let text: String = title.0.iter().map(|(_, text)| text.as_str()).collect();
    let text = Styled::new(tone, format!("── {text} ")).fit(columns);
    let rest = columns.saturating_sub(text.width());
    app.theme.put(frame.buffer_mut(), area, &text.with(tone, "─".repeat(rest)));
}

fn footer(app: &App, frame: &mut Frame<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let columns = usize::from(area.width);
    if let Some(typed) = &app.typing {
        let text = shown(typed);
        // The end of a long text is what is being typed.
        let all = Styled::new(Tone::Plain, text.clone()).width() + 2;
        let mut visible = text.as_str();
        if all > columns {
            let surplus = prefix(&text, all - columns + 1).len();
            visible = text.get(surplus..).unwrap_or_default();
        }
        let line = Styled::new(Tone::Strong, "/").with(Tone::Plain, visible);
        let x = u16::try_from(line.width()).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
        app.theme.put(frame.buffer_mut(), area, &line);
        return frame.set_cursor_position(Position { x: area.x + x, y: area.y });
    }
    let keys: &[&str] = match (&app.overlay, app.focus) {
        (Some(_), _) => &["Esc close", "j k scroll"],
        (None, Pane::List) => &[
            "? help",
            "q quit",
            "Enter open",
            "/ search",
            "f filter",
            "r replay",
            "y copy",
            "p pause",
            "m messages",
        ],
        (None, Pane::Details) => &[
            "? help",
            "Esc close",
            "h l fold",
            "r replay",
            "y copy",
            "Tab list",
            "j k move",
            "p pause",
            "q quit",
        ],
    };
    let mut line = Styled::default();
    for key in keys {
        let (key, meaning) = key.rsplit_once(' ').unwrap_or((key, ""));
        let item = Styled::new(Tone::Strong, format!("{key} ")).with(Tone::Dim, format!("{meaning}  "));
        if line.width() + item.width() <= columns + 2 {
            line.0.extend(item.0);
        }
    }
    app.theme.put(frame.buffer_mut(), area, &line);
}

/// For the message after `y`.
pub(super) fn copied(bytes: usize) -> String {
    let size = pluralize(bytes as u64, "byte");
    format!("Copied a signed curl command ({size}), valid for 5 minutes. Your terminal must allow OSC 52.")
}
