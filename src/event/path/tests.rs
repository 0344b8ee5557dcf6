//! Paths: setting values, creating members, and errors.

use proptest::prelude::*;

use super::{Path, Step};
use crate::event::Json;

const SAMPLE: &str =
    r#"{"t":{"tags":["a","b"],"n":1,"none":null,"rows":[{"x":1},{"x":2}]},"a.b":{"c[0]":1}}"#;

fn set(path: &str, value: &str) -> Result<(String, String), String> {
    let sample = Json::parse(SAMPLE.as_bytes()).unwrap();
    let mut whole = sample.clone();
    let over = Path::parse(path)?.set(&mut whole, Json::parse(value.as_bytes()).unwrap())?;
    let mut laid = sample;
    laid.overlay(over.clone());
    assert_eq!(laid, whole, "{path}");
    Ok((over.to_string(), whole.to_string()))
}

#[test]
fn elements_are_set_in_their_array() {
    for path in ["t.tags[0]", "t.tags.0"] {
        assert_eq!(set(path, "1.10").unwrap().0, r#"{"t":{"tags":[1.10,"b"]}}"#);
    }
    assert_eq!(set("t.tags[]", r#""c""#).unwrap().0, r#"{"t":{"tags":["a","b","c"]}}"#);
    assert_eq!(set("t.rows[1].x", "9").unwrap().0, r#"{"t":{"rows":[{"x":1},{"x":9}]}}"#);
    assert_eq!(set("t.rows.0.y.z", "9").unwrap().0, r#"{"t":{"rows":[{"x":1,"y":{"z":9}},{"x":2}]}}"#);
    assert_eq!(set("t.rows[].x", "3").unwrap().0, r#"{"t":{"rows":[{"x":1},{"x":2},{"x":3}]}}"#);
}

#[test]
fn missing_members_are_created() {
    assert_eq!(set("t.none.deep", "1").unwrap().0, r#"{"t":{"none":{"deep":1}}}"#);
    assert_eq!(set("new.0", "1").unwrap().0, r#"{"new":{"0":1}}"#);
    assert_eq!(set(r"a\.b.c\[0\]", "2").unwrap().0, r#"{"a.b":{"c[0]":2}}"#);
    assert_eq!(set(r"a\.b.\\", "2").unwrap().0, r#"{"a.b":{"\\":2}}"#);
}

#[test]
fn paths_that_do_not_fit_are_rejected() {
    for (path, part) in [
        ("t.tags[2]", "`data.t.tags[2]` is out of range: the array has 2 elements, 0 to 1"),
        ("t.tags.7", "out of range"),
        ("t.tags[99999999999999999999999]", "is no index"),
        ("t.tags[-1]", "`[-1]` is no index"),
        ("t.tags[+1]", "is no index"),
        ("t.tags.x", "is an array"),
        ("t.tags[0].x", "`data.t.tags[0]` is a string: nothing can be set below it"),
        ("t.n.x", "`data.t.n` is a number: nothing can be set below it"),
        ("t.n[0]", "`data.t.n` is a number, not an array"),
        ("t[0]", "`data.t` is an object, not an array"),
        ("t.new[0]", "is null, not an array"),
        ("t.tags[0", "not closed"),
        ("t.tags]", "not opened"),
        ("t.tags[0]x", "after a `]`"),
        ("t..n", "has no name"),
        ("", "has no name"),
        ("[0]", "has no name"),
        (r"t\", "nothing after"),
    ] {
        let error = set(path, "1").unwrap_err();
        assert!(error.contains(part), "{path}: {error}");
    }
}

#[test]
fn unknown_members_are_found() {
    let sample = Json::parse(SAMPLE.as_bytes()).unwrap();
    let unknown = |path: &str| Path::parse(path).unwrap().unknown(&sample).map(|(name, _)| name.to_owned());
    assert_eq!(unknown("t.tgas"), Some("tgas".to_owned()));
    assert_eq!(unknown("t.rows[0].y"), Some("y".to_owned()));
    assert_eq!(unknown("t.tags[]"), None);
    assert_eq!(unknown("t.none.x"), None);
}

proptest! {
    #[test]
    fn displayed_paths_parse_to_equal_paths(
        first in "\\PC{1,6}",
        rest in prop::collection::vec(
            prop_oneof![
                "\\PC{1,6}".prop_map(Step::Member),
                any::<usize>().prop_map(Step::Index),
                Just(Step::Append),
            ],
            0..5,
        ),
    ) {
        let path = Path(std::iter::once(Step::Member(first)).chain(rest).collect());
        prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
    }
}
