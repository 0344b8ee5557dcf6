//! Placeholders one by one.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;

use super::*;

fn filled_from(text: &str, unique: &str) -> Value {
    let now = Timestamp::from_millisecond(1_774_583_010_044).unwrap();
    let mut value = json!(text);
    fill(&mut value, &SampleSeed { now, unique, team_id: "team", team_slug: "{{now}}" });
    value
}

fn filled(text: &str) -> Value {
    filled_from(text, "abc12345DEFGH67890xyz")
}

#[test]
fn times_are_relative_to_the_seed() {
    for (text, expected) in [
        ("{{now}}", "2026-03-27T03:43:30.044Z"),
        ("{{before:30s}}", "2026-03-27T03:43:00.044Z"),
        ("{{before:90m}}", "2026-03-27T02:13:30.044Z"),
        ("{{after:1h}}", "2026-03-27T04:43:30.044Z"),
        ("{{after:7d}}", "2026-04-03T03:43:30.044Z"),
        ("at {{now}}, {{team_id}}", "at 2026-03-27T03:43:30.044Z, team"),
    ] {
        assert_eq!(filled(text), expected, "{text}");
    }
}

#[test]
fn equal_placeholders_get_equal_values() {
    for text in ["{{id:tkt}}", "{{uuid:a}}", "{{name:customer}}", "{{pick:quest}}", "{{one_of:a|b|c}}"] {
        assert_eq!(filled(text), filled(text));
    }
    assert_ne!(filled("{{id:mem}}"), filled("{{id:mem.other}}"));
    assert_ne!(filled("{{uuid:a}}"), filled("{{uuid:b}}"));
    assert!(filled("{{id:mem.other}}").as_str().unwrap().starts_with("mem_0"));
}

#[test]
fn ids_have_documented_shapes() {
    let message = filled("{{id:msg}}");
    let hex = message.as_str().unwrap().strip_prefix("msg_").unwrap();
    assert!(hex.len() == 12 && hex.chars().all(|c| c.is_ascii_hexdigit()), "{hex}");
    for n in 0..50 {
        let value = filled_from("{{uuid:x}}", &format!("{n:020}"));
        let uuid = value.as_str().unwrap();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
        assert_eq!(&uuid[14..15], "4", "{uuid}");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }
}

#[test]
fn integers_alone_become_json_numbers() {
    let seen: BTreeSet<_> =
        (0..60).map(|n| filled_from("{{int:3-6}}", &format!("{n:020}")).as_u64().unwrap()).collect();
    assert_eq!(seen, BTreeSet::from([3, 4, 5, 6]));
    assert_eq!(filled("{{int:7-7}}"), 7);
    assert_eq!(filled("CST-{{int:7-7}}"), "CST-7");
    assert_eq!(filled("{{int:7-7}}{{int:8-8}}"), "78");
    assert!(filled("{{int:0-18446744073709551614}}").is_u64());
}

#[test]
fn slugs_are_made_from_titles() {
    let title = filled("{{pick:post_title}}");
    assert_eq!(filled("{{slug:post_title}}"), slug(title.as_str().unwrap()));
    assert_eq!(slug("How do you sort, your queue?"), "how-do-you-sort-your-queue");
}

#[test]
fn inserted_text_is_not_replaced_again() {
    assert_eq!(filled("{{team_slug}}"), "{{now}}");
}

#[test]
fn unknown_placeholders_stay() {
    for text in [
        "plain",
        "{{",
        "{{}}",
        "{{nothing}}",
        "{{before:x}}",
        "{{before:}}",
        "{{before:é}}",
        "{{after:9223372036854775807d}}",
        "{{int:9-3}}",
        "{{int:a-b}}",
        "{{int:0-18446744073709551615}}",
        "{{name:unknown}}",
        "{{pick:nothing}}",
        "a {{ b",
    ] {
        assert_eq!(filled(text), text);
    }
}

#[test]
fn overflowing_times_use_the_seed() {
    assert_eq!(filled("{{before:99999999d}}"), "2026-03-27T03:43:30.044Z");
}

#[test]
fn lists_have_no_unused_or_repeated_texts() {
    let templates: String = crate::event::catalogue().iter().map(|t| t.template).collect();
    for (name, texts) in LISTS {
        assert!(templates.contains(&format!("{{{{pick:{name}}}}}")), "{name}");
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "{name}");
    }
}
