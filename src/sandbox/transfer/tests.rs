//! Round trips, equal seeds, and imports that are refused whole.

use super::*;
use crate::sandbox::{Place, Plan, open, plant};

fn planted(seed: u64, environment: Environment) -> Store {
    let store = open(&Place::Memory, 1000).unwrap();
    let plan = Plan { environment, customers: 20, tickets: 40, seed, events: false };
    let mut told = (0, 0);
    plant(&store, &plan, &mut |done, total| told = (done, total)).unwrap();
    assert!(told.0 == told.1 && told.1 > 0, "{told:?}");
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
fn equal_seeds_give_equal_bytes_and_others_do_not() {
    let first = text(&planted(7, Environment::Test));
    assert_eq!(first, text(&planted(7, Environment::Test)));
    assert_ne!(first, text(&planted(8, Environment::Test)));
    let live = text(&planted(7, Environment::Live));
    assert_eq!(live.lines().filter(|line| line.contains(r#""kind":"ticket""#)).count(), 40);
    assert!(live.lines().all(|line| !line.contains(r#""environment":"test","kind":"ticket""#)));
}

#[test]
fn a_second_seed_adds_to_the_first() {
    let store = planted(7, Environment::Test);
    let plan = Plan { environment: Environment::Test, customers: 5, tickets: 5, seed: 7, events: true };
    plant(&store, &plan, &mut |_, _| ()).unwrap();
    let text = text(&store);
    let count =
        |kind: &str| text.lines().filter(|line| line.contains(&format!(r#""kind":"{kind}""#))).count();
    assert_eq!((count("ticket"), count("customer"), count("category")), (45, 25, 4));
    let mut cursor = store.log(Environment::Test).join(Some("?"), Default::default());
    let mut opened = 0;
    while let crate::sandbox::log::Step::Event(entry) = cursor.step() {
        opened += usize::from(entry.kind == "ticket.created");
    }
    assert_eq!(opened, 5, "only the second one was told");
}

#[test]
fn what_was_exported_is_imported_the_same() {
    let store = planted(7, Environment::Test);
    let plan = Plan { environment: Environment::Live, customers: 2, tickets: 2, seed: 1, events: false };
    plant(&store, &plan, &mut |_, _| ()).unwrap();
    let before = text(&store);
    let other = planted(3, Environment::Live);
    let counts = import(&other, &mut before.as_bytes(), Access::Accepted).unwrap();
    assert_eq!((counts["ticket"], counts["member"], counts["settings"]), (42, 12, 2));
    assert_eq!(text(&other), before);
    // and it is found as before
    let jane = |store: &Store| {
        let selection = super::super::store::Selection {
            kind: "ticket",
            facets: vec![("status", "closed".to_owned().into())],
            alone: Vec::new(),
            search: Some("a".to_owned()),
            order: super::super::store::Order::Newest,
            offset: 0,
            limit: 100,
        };
        let found: Result<_, rusqlite::Error> =
            store.read(Environment::Test, |tables| tables.select(&selection));
        found.unwrap().0.iter().map(|object| object.uuid).collect::<Vec<_>>()
    };
    assert!(!jane(&store).is_empty());
    assert_eq!(jane(&store), jane(&other));
}

#[test]
fn what_is_wrong_is_named_by_its_line_and_changes_nothing() {
    let store = planted(7, Environment::Test);
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
        ("{}", "line 1: this is no export"),
        (r#"{"format":"cstar-sandbox","version":3}"#, "format 3 is not known here"),
        (&format!("{head}\n{{}}"), "line 2: `environment` is neither"),
        (&format!("{head}\n\n"), "line 2: not JSON"),
        (&object("dragon", "{}"), "line 2: `kind` is none"),
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
        let told = refused(&store, lines);
        assert!(told.contains(reason), "{told} has not: {reason}");
    }
    assert_eq!(text(&store), before);
    // the least there can be gets the team that every sandbox has
    import(&store, &mut group.as_bytes(), Access::Accepted).unwrap();
    assert!(text(&store).contains("Robin Vale"));
}
