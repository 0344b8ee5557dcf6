//! Files as people have them, before and after.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn server() -> Value {
    json!({ "command": "cstar", "args": ["mcp-server"] })
}

fn with(text: &str) -> String {
    put(text, &["mcpServers"], "cstar", &server()).unwrap()
}

#[test]
fn comments_order_and_style_stay() {
    let before = "{\n\t// mine\n\t\"a\": 1.50, /* x */\n\t\"mcpServers\": {\n\t\t\"other\": { \"url\": \"http://h/#{}\" }, // last,\n\t},\n}\n";
    let after = with(before);
    assert_eq!(
        after,
        "{\n\t// mine\n\t\"a\": 1.50, /* x */\n\t\"mcpServers\": {\n\t\t\"other\": { \"url\": \"http://h/#{}\" }, // last,\n\t\t\"cstar\": {\n\t\t\t\"command\": \"cstar\",\n\t\t\t\"args\": [\"mcp-server\"],\n\t\t},\n\t},\n}\n"
    );
    assert_eq!(with(&after), after, "a second time changes nothing");
}

#[test]
fn an_old_entry_is_replaced_in_its_place() {
    let before =
        "{\"mcpServers\":{\"a\":{},\"cstar\":{\"command\":\"old\",\"env\":{}},\"z\":[1,{\"q\":\"}\"}]}}";
    let value: Value = serde_json::from_str(&with(before)).unwrap();
    assert_eq!(value, json!({"mcpServers": {"a": {}, "cstar": server(), "z": [1, {"q": "}"}]}}));
}

#[test]
fn white_space_unknown_to_json_is_dropped() {
    let after = with("{ \"a\": [\n \u{b}1] }");
    assert_eq!(after.matches('\u{b}').count(), 1, "{after:?}");
    assert_eq!(with(&after), after);
}

/// JSON takes the last one, and so does every program that reads these files.
#[test]
fn last_of_repeated_objects_gets_the_server() {
    let value: Value = serde_json::from_str(&with("{\"mcpServers\":{\"a\":1},\"mcpServers\":{}}")).unwrap();
    assert_eq!(value, json!({"mcpServers": {"cstar": server()}}));
}

#[test]
fn missing_parts_are_created() {
    for before in [
        "{}",
        "{ }",
        "{\n}\n",
        "{\"a\":1}",
        "{\n  \"a\": [true, null]\n}",
        "{\"mcpServers\": {}}",
        "{\"mcpServers\": {\n}, \"b\": 2}",
    ] {
        let value: Value =
            serde_json::from_str(&with(before)).unwrap_or_else(|error| panic!("{error}: {}", with(before)));
        assert_eq!(value["mcpServers"]["cstar"], server(), "{before}");
        let old: Value = serde_json::from_str(before).unwrap();
        for (name, member) in old.as_object().unwrap().iter().filter(|(name, _)| *name != "mcpServers") {
            assert_eq!(&value[name], member, "{before}");
        }
    }
    let commented = with("{\n  // nothing yet\n}\n");
    assert!(commented.contains("// nothing yet\n") && commented.contains("\"cstar\""), "{commented}");
}

#[test]
fn other_files_are_left_unchanged() {
    for (text, part) in [
        ("", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("{\n\"a\" 1}", "expected colon after the string or word in object property on line 2"),
        ("{\"a\": 1 \"b\": 2}", "comma"),
        ("{\"a\": \"", "unterminated string"),
        ("{\"mcpServers\": []}", "`mcpServers` is not an object"),
        ("{ /* ", "unterminated comment block"),
        ("{a: 1}", "expected string"),
    ] {
        let error = put(text, &["mcpServers"], "cstar", &server()).unwrap_err();
        assert!(error.contains(part), "{text:?}: {error}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_file_gains_exactly_one_member(
        members in prop::collection::btree_map(".{0,6}", any_json(), 0..4),
        servers in prop::option::of(prop::collection::btree_map(".{0,6}", any_json(), 0..3)),
        pretty in any::<bool>(),
    ) {
        let mut file: Value = members.into_iter().collect();
        if let Some(servers) = servers {
            file["mcpServers"] = servers.into_iter().collect();
        } else {
            file.as_object_mut().unwrap().remove("mcpServers");
        }
        let before = if pretty { serde_json::to_string_pretty(&file) } else { serde_json::to_string(&file) }.unwrap();
        let after: Value = serde_json::from_str(&with(&before)).unwrap();
        if file.get("mcpServers").is_none() {
            file["mcpServers"] = json!({});
        }
        file["mcpServers"]["cstar"] = server();
        prop_assert_eq!(after, file);
    }

    #[test]
    fn random_text_never_panics(text in ".{0,60}", json in "[{}\\[\\]\",:/* \n\\\\a1]{0,60}") {
        let _ = put(&text, &["mcpServers"], "cstar", &server());
        let _ = put(&json, &["mcpServers"], "cstar", &server());
    }
}
