//! Keys and answers in any order, and what the frames show.

use proptest::prelude::*;
use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;

use super::super::keys::Key;
use super::super::{draw, samples};
use super::*;

fn app(color: bool) -> App {
    App::new(Theme { color }, TimeZone::UTC)
}

/// Answers what the view asks for, as the command does.
fn answer(app: &mut App, events: i64) -> Vec<Effect> {
    let mut others = Vec::new();
    for _ in 0..10 {
        for effect in app.effects() {
            match effect {
                Effect::List(query) => {
                    let found = (1..=events).map(EventKey).filter(|key| {
                        query.state.is_none_or(|state| samples::summary(*key).state == state)
                            && (query.search.is_empty() || key.0 % 7 == 0)
                    });
                    let keys = found.collect();
                    app.loaded(Loaded::List(query, keys));
                }
                Effect::Rows(keys) => {
                    let rows = keys.iter().map(|key| samples::summary(*key)).collect();
                    app.loaded(Loaded::Rows(keys, rows));
                }
                Effect::Open(key) => app.loaded(Loaded::Event(key, Some(Box::new(samples::view(key))))),
                other => others.push(other),
            }
        }
    }
    others
}

fn press(app: &mut App, keys: &str) {
    keys.chars().for_each(|key| {
        app.key(match key {
            '\r' => Key::Enter,
            '\u{1b}' => Key::Escape,
            '\t' => Key::Tab,
            key => Key::Char(key),
        });
    });
}

/// The frame as text, with the selected row marked.
fn frame(app: &mut App, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let draw = |frame: &mut ratatui_core::terminal::Frame<'_>| {
        app.resize(frame.area().width, frame.area().height);
        draw::draw(app, frame);
    };
    terminal.draw(draw).unwrap();
    // What the new size needs.
    answer(app, 40);
    terminal.draw(|frame| draw::draw(app, frame)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn keys_ask_for_effects() {
    let mut app = app(true);
    app.resize(80, 24);
    answer(&mut app, 40);
    press(&mut app, "jjr");
    assert_eq!(answer(&mut app, 40), [Effect::Replay(EventKey(38))]);
    press(&mut app, "\ry");
    assert_eq!(answer(&mut app, 40), [Effect::Copy(EventKey(38))]);
    assert_eq!((app.focus, app.opened), (Pane::Details, Some(EventKey(38))));
    press(&mut app, "\tk");
    answer(&mut app, 40);
    assert_eq!(app.opened, Some(EventKey(39)), "the details follow the selection");
    press(&mut app, "\u{1b}pq");
    assert_eq!(answer(&mut app, 40), [Effect::TogglePause, Effect::Quit]);
    assert_eq!(app.opened, None);
}

#[test]
fn search_and_filter_change_the_list() {
    let mut app = app(true);
    app.resize(80, 24);
    answer(&mut app, 40);
    press(&mut app, "/urgent qx");
    assert_eq!(app.typing.as_deref(), Some("urgent qx"), "keys are text while typing");
    press(&mut app, "\r");
    answer(&mut app, 40);
    assert_eq!((app.list.len(), app.list.selected()), (5, Some(EventKey(35))));
    press(&mut app, "f");
    answer(&mut app, 40);
    assert_eq!(app.list.len(), 1);
    press(&mut app, "/nothing\u{1b}");
    assert_eq!(app.query.search, "urgent qx");
    press(&mut app, "\u{1b}");
    answer(&mut app, 40);
    assert_eq!((app.list.len(), app.query.clone()), (40, ListQuery::default()));
}

#[test]
fn answers_to_old_questions_are_ignored() {
    let mut app = app(true);
    app.resize(80, 24);
    answer(&mut app, 40);
    press(&mut app, "f");
    let old = ListQuery::default();
    app.loaded(Loaded::List(old.clone(), vec![EventKey(1)]));
    app.loaded(Loaded::Changed { query: old, added: vec![EventKey(99)], updated: Vec::new() });
    assert_eq!(app.list.len(), 40);
    app.loaded(Loaded::Event(EventKey(3), Some(Box::new(samples::view(EventKey(3))))));
    assert!(app.document.is_none());
}

#[test]
fn removed_event_closes_its_details() {
    let mut app = app(true);
    app.resize(80, 24);
    answer(&mut app, 40);
    press(&mut app, "\r");
    app.loaded(Loaded::Event(EventKey(40), None));
    assert_eq!((app.opened, app.focus), (None, Pane::List));
    assert_eq!(app.messages.len(), 1);
}

#[test]
fn frames_at_several_sizes() {
    let mut app = app(true);
    app.message("12:00:01  Disconnected: the server ended the stream. Trying again in 1.0 s.");
    app.resize(80, 24);
    answer(&mut app, 40);
    let list = frame(&mut app, 80, 24);
    press(&mut app, "j\r");
    answer(&mut app, 40);
    let texts = [
        ("80x24, list", list),
        ("80x24, details", frame(&mut app, 80, 24)),
        ("40x10, details", frame(&mut app, 40, 10)),
        ("200x50, details", frame(&mut app, 200, 50)),
    ];
    press(&mut app, "?");
    let help = frame(&mut app, 80, 24);
    let all = texts.into_iter().chain([("80x24, help", help)]);
    let all: Vec<String> = all.map(|(name, text)| format!("{name}\n{text}")).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../../../../tests/it/snapshots/data/tui", omit_expression => true }, {
        insta::assert_snapshot!("frames", all.join("\n"));
    });
}

#[test]
fn hostile_text_never_reaches_a_cell() {
    let mut app = app(true);
    app.resize(80, 60);
    answer(&mut app, 40);
    press(&mut app, "\r");
    for (columns, rows) in [(200, 80), (80, 60), (40, 20), (20, 10)] {
        let text = frame(&mut app, columns, rows);
        assert!(!text.chars().any(|c| c != '\n' && crate::output::sanitize::is_unsafe(c)), "{text}");
    }
    let text = frame(&mut app, 200, 80);
    assert!(text.contains("\\u{202e} gpj.exe") && text.contains("\\u001b[2J"), "{text}");
}

#[test]
fn without_colour_there_is_no_colour() {
    let mut app = app(false);
    app.resize(80, 24);
    answer(&mut app, 40);
    press(&mut app, "\r");
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    app.resize(80, 24);
    answer(&mut app, 40);
    terminal.draw(|frame| draw::draw(&app, frame)).unwrap();
    let cells = terminal.backend().buffer().content();
    use ratatui_core::style::{Color, Modifier};
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(cells.iter().all(|cell| !cell.modifier.contains(Modifier::DIM)));
    assert!(cells.iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)), "the cursor is visible");
    assert!(cells.iter().any(|cell| cell.modifier.contains(Modifier::BOLD)));
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        prop::sample::select(vec![
            Key::Up,
            Key::Down,
            Key::Left,
            Key::Right,
            Key::PageUp,
            Key::PageDown,
            Key::Home,
            Key::End,
            Key::Enter,
            Key::Tab,
            Key::Escape,
            Key::Backspace,
            Key::ClearLine,
            Key::Redraw,
        ]),
        prop::sample::select("jkhlgGrypqfm?/ é".chars().collect::<Vec<_>>()).prop_map(Key::Char),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_keys_keep_the_selection_valid(
        keys in prop::collection::vec((any_key(), 0..12_u16, any::<bool>()), 0..60),
        events in 0..60_i64,
    ) {
        let mut app = app(true);
        app.resize(80, 24);
        let mut newest = events;
        for (key, size, is_answered) in keys {
            app.key(key);
            if is_answered {
                answer(&mut app, newest);
            } else if size == 3 {
                newest += 1;
                let query = app.query.clone();
                app.loaded(Loaded::Changed { query, added: vec![EventKey(newest)], updated: vec![EventKey(1)] });
            }
            if size > 8 {
                frame(&mut app, size * size, size * 3);
            }
            let selected = app.list.selected();
            prop_assert_eq!(selected.is_some(), app.list.len() > 0);
            prop_assert!(app.opened.is_none() || app.opened == selected);
            prop_assert!(app.focus == Pane::List || app.opened.is_some());
        }
    }
}
