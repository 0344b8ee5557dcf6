//! Round trips, equal seeds, and imports that fail without a change.

mod generated;

use super::*;
use crate::sandbox::source::Source;
use crate::sandbox::store::object::{Order, Selection};
use crate::sandbox::tools::seed::{Plan, seed_store};
use crate::sandbox::tools::storage::{StorageLocation, open};

fn seeded(seed: u64, environment: Environment) -> Store {
    let store = open(&StorageLocation::Memory, 1000).unwrap();
    let plan = Plan { environment, customers: 20, tickets: 40, seed, events: false };
    let mut progress = (0, 0);
    seed_store(&store, &plan, &mut |done, total| progress = (done, total)).unwrap();
    assert!(progress.0 == progress.1 && progress.1 > 0, "{progress:?}");
    store
}

fn text(store: &Store) -> String {
    let mut out = Vec::new();
    export(store, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn refused(store: &Store, lines: &str) -> String {
    import(store, &mut lines.as_bytes(), Access::Accepted).unwrap_err().to_string()
}

#[test]
fn equal_seeds_give_equal_bytes() {
    let first = text(&seeded(7, Environment::Test));
    assert_eq!(first, text(&seeded(7, Environment::Test)));
    assert_ne!(first, text(&seeded(8, Environment::Test)));
    let live = text(&seeded(7, Environment::Live));
    assert_eq!(live.lines().filter(|line| line.contains(r#""kind":"ticket""#)).count(), 40);
    assert!(live.lines().all(|line| !line.contains(r#""environment":"test","kind":"ticket""#)));
}

#[test]
fn second_seed_adds_to_the_first() {
    let store = seeded(7, Environment::Test);
    let plan = Plan { environment: Environment::Test, customers: 5, tickets: 5, seed: 7, events: true };
    seed_store(&store, &plan, &mut |_, _| ()).unwrap();
    let text = text(&store);
    let count =
        |kind: &str| text.lines().filter(|line| line.contains(&format!(r#""kind":"{kind}""#))).count();
    assert_eq!((count("ticket"), count("customer"), count("category")), (45, 25, 4));
    let mut cursor = store.log(Environment::Test).join(Some("?"), Default::default());
    let mut opened = 0;
    while let crate::sandbox::source::Step::Item(entry) = cursor.step() {
        opened += usize::from(entry.kind == "ticket.created");
    }
    assert_eq!(opened, 5, "only the second seed fires events");
}

#[test]
fn import_restores_the_exported_state() {
    let store = seeded(7, Environment::Test);
    let plan = Plan { environment: Environment::Live, customers: 2, tickets: 2, seed: 1, events: false };
    seed_store(&store, &plan, &mut |_, _| ()).unwrap();
    let before = text(&store);
    let other = seeded(3, Environment::Live);
    let counts = import(&other, &mut before.as_bytes(), Access::Accepted).unwrap();
    assert_eq!((counts["ticket"], counts["member"], counts["settings"]), (42, 12, 2));
    assert_eq!(text(&other), before);
    // the index is the same too
    let jane = |store: &Store| {
        let selection = Selection {
            filter_values: vec![("status", "closed".to_owned().into())],
            search: Some("a".to_owned()),
            ..Selection::first("ticket", Order::Newest, 100)
        };
        let found: Result<_, rusqlite::Error> =
            store.read(Environment::Test, |tables| tables.select(&selection));
        found.unwrap().0.iter().map(|object| object.uuid).collect::<Vec<_>>()
    };
    assert!(!jane(&store).is_empty());
    assert_eq!(jane(&store), jane(&other));
}

#[test]
fn bad_line_is_named_and_changes_nothing() {
    let store = seeded(7, Environment::Test);
    let before = text(&store);
    let head = r#"{"format":"cstar-sandbox","version":1}"#;
    let object = |kind: &str, body: &str| {
        format!(
            "{head}\n{{\"environment\":\"test\",\"kind\":\"{kind}\",\"id\":\"0f8fad5b-d9cb-469f-a165-70867728950e\",\"body\":{body}}}\n"
        )
    };
    let group = object("customer_group", r#"{"name":"G"}"#);
    let twice = format!("{group}{}\n", group.lines().last().unwrap());
    for (lines, reason) in [
        ("", "line 1: there is nothing in it"),
        ("x", "line 1: not JSON"),
        ("[]", "line 1: not a JSON object"),
        ("{}", "line 1: this is not an export of a sandbox"),
        (r#"{"format":"cstar-sandbox","version":4}"#, "format 4 is not supported"),
        (&format!("{head}\n{{}}"), "line 2: `environment` is neither"),
        (&format!("{head}\n\n"), "line 2: not JSON"),
        (&object("dragon", "{}"), "line 2: unknown `kind`"),
        (&object("ticket", "[]"), "line 2: `body` is not an object"),
        (&object("ticket", "{}"), "line 2: The 'title' field is required"),
        (&object("ticket", r#"{"title":1}"#), "line 2: The 'title' field must be a string"),
        (&object("ticket", r#"{"title":"T","createdAt":"yesterday"}"#), "must be a time"),
        (&object("message", r#"{"content":"C"}"#), "its `parent` is in no line before it"),
        (&twice, "line 3: this `id` is in an earlier line"),
        (
            &format!("{head}\n{{\"environment\":\"test\",\"counter\":\"ticket\"}}"),
            "the counter has no `value`",
        ),
    ] {
        let error = refused(&store, lines);
        assert!(error.contains(reason), "`{reason}` is not in: {error}");
    }
    assert_eq!(text(&store), before);
    // a file with a single object still gets a team
    import(&store, &mut group.as_bytes(), Access::Accepted).unwrap();
    assert!(text(&store).contains("Robin Vale"));
}

#[test]
fn export_cut_at_any_line_is_refused() {
    let store = seeded(7, Environment::Test);
    let whole = text(&store);
    let end = whole.lines().last().unwrap();
    let before = whole.lines().count() - 1;
    assert_eq!(end, format!(r#"{{"end":true,"lines":{before}}}"#));
    for end_at in (1..=before).step_by(7) {
        let cut = whole.split_inclusive('\n').take(end_at).collect::<String>();
        assert!(refused(&store, &cut).starts_with(&format!("line {end_at}: the end mark after")), "{end_at}");
    }
    for end_at in (1..whole.len() - 1).step_by(997) {
        let reason = refused(&store, &whole[..end_at]);
        assert!(reason.contains("was cut off"), "{end_at}: {reason}");
    }
    let second = whole.find('\n').unwrap() + 1;
    let third = second + whole[second..].find('\n').unwrap() + 1;
    let gap = format!("{}{}", &whole[..second], &whole[third..]);
    let reason = refused(&store, &gap);
    assert!(
        reason.contains(&format!("counts {before} lines, but {} come before it", before - 1)),
        "{reason}"
    );
    let more = refused(&store, &format!("{whole}{{}}"));
    assert!(more.contains("this line comes after the end mark"), "{more}");
    assert_eq!(text(&store), whole);
    for good in [whole.trim_end().to_owned(), format!("{whole}\r\n"), whole.replace('\n', "\r\n")] {
        import(&store, &mut good.as_bytes(), Access::Accepted).unwrap();
        assert_eq!(text(&store), whole);
    }
}

#[test]
fn older_formats_need_no_end_mark() {
    let store = seeded(7, Environment::Test);
    let whole = text(&store);
    let lines = whole.lines().count();
    let old: String = whole.split_inclusive('\n').take(lines - 1).collect();
    import(&store, &mut old.replacen("\"version\":3", "\"version\":2", 1).as_bytes(), Access::Accepted)
        .unwrap();
    assert_eq!(text(&store), whole);
}

#[test]
fn missing_times_are_set_by_the_import() {
    let store = open(&StorageLocation::Memory, 10).unwrap();
    for created in ["", r#","createdAt":null"#] {
        let lines = format!(
            "{{\"format\":\"cstar-sandbox\",\"version\":2}}\n{{\"environment\":\"test\",\"kind\":\"customer\",\
             \"id\":\"5e0b1c3e-0000-4000-8000-000000000001\",\"body\":{{\"name\":\"J\",\"email\":\"j@example.com\"{created}}}}}\n"
        );
        import(&store, &mut lines.as_bytes(), Access::Accepted).unwrap();
        let text = text(&store);
        let line = text.lines().find(|line| line.contains("j@example.com")).unwrap();
        let body = &serde_json::from_str::<Value>(line).unwrap()["body"];
        assert!(body["createdAt"].is_string() && body["updatedAt"].is_string(), "{body}");
    }
}

#[test]
fn object_too_long_to_export_is_refused() {
    let store = open(&StorageLocation::Memory, 10).unwrap();
    let numbers = "1e15,".repeat(1_000_000);
    let line = format!(
        "{{\"environment\":\"test\",\"kind\":\"customer\",\"id\":\"5e0b1c3e-0000-4000-8000-000000000001\",\
         \"body\":{{\"name\":\"J\",\"email\":\"j@example.com\",\"metadata\":{{\"n\":[{numbers}1]}}}}}}"
    );
    let error = refused(&store, &format!("{{\"format\":\"cstar-sandbox\",\"version\":2}}\n{line}\n"));
    assert!(error.contains("line 2: the object is too large"), "{error:.200}");
}
