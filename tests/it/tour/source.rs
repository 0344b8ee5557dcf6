//! Keys and activities in the topics, compared with the source.

use super::{file, first_word, quoted, table};

#[test]
fn keys_in_the_topic_match_the_source() {
    let source = file("src/commands/listen/keyboard.rs");
    let mut listed = Vec::new();
    for row in table("tour", "## Keys while listen runs") {
        let key = quoted(&row[0]).concat();
        assert!(source.contains(&format!("'{key}'")), "{key} does nothing");
        listed.push(key);
    }
    let (_, help) = source.split_once("Keys: ").unwrap();
    let help = help.split('"').next().unwrap();
    let reported: Vec<String> = help.split(", ").map(first_word).collect();
    assert_eq!(listed, reported);
}

/// The text in braces after `opening`.
fn braced<'a>(source: &'a str, opening: &str) -> &'a str {
    let (_, rest) = source.split_once(opening).expect(opening);
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    &rest[..end.expect("closing brace")]
}

fn without_comments(source: &str) -> String {
    source.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The serialised members; those of a flattened structure in `source` are inserted in its place.
fn members(fields: &str, source: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut attribute = "";
    for field in fields.split(['\n', ',']).map(str::trim).filter(|field| !field.is_empty()) {
        match field.split_once(": ") {
            None => attribute = field,
            Some((name, kind)) => {
                let name = name.rsplit(' ').next().unwrap();
                match std::mem::take(&mut attribute) {
                    "" | "#[serde(skip_serializing_if = \"Option::is_none\")]" => {
                        members.push(name.to_owned())
                    }
                    how if how.starts_with("#[serde(serialize_with") => members.push(name.to_owned()),
                    // The rest of `flatten, serialize_with = "name"`: the function writes the members.
                    how if how.starts_with("serialize_with = ") => {
                        let function = how.split('"').nth(1).unwrap();
                        let opening = source.lines().find(|line| line.contains(&format!("fn {function}<")));
                        let entries = braced(source, opening.unwrap()).split("serialize_entry(\"").skip(1);
                        members.extend(entries.map(|entry| entry.split('"').next().unwrap().to_owned()));
                    }
                    // The last one is the rest of `flatten, skip_…`: a section of its own is about these members.
                    "#[serde(skip_serializing_if = \"ChaosMarks::is_empty\")]"
                    | "#[serde(skip)]"
                    | "skip_serializing_if = \"Option::is_none\")]" => {}
                    "#[serde(flatten)]" => {
                        let kind = kind.strip_prefix("Box<").map_or(kind, |kind| kind.trim_end_matches('>'));
                        let inner = braced(source, &format!("struct {kind} {{"));
                        members.extend(self::members(inner, source));
                    }
                    other => panic!("this test does not know {other}"),
                }
            }
        }
    }
    members
}

fn snake_case(name: &str) -> String {
    let words = name.chars().enumerate().flat_map(|(at, c)| {
        let underscore = (at > 0 && c.is_ascii_uppercase()).then_some('_');
        underscore.into_iter().chain([c.to_ascii_lowercase()])
    });
    words.collect()
}

#[test]
fn activities_in_the_topic_match_the_source() {
    let source = without_comments(&file("src/forward/activity.rs"));
    let all =
        ["stats", "summary"].map(|name| without_comments(&file(&format!("src/forward/{name}.rs")))).concat();
    let others = ["src/forward/attempt_event.rs", "src/event/schema.rs"];
    let all = others.map(|name| without_comments(&file(name))).concat() + &source + &all;
    let mut rest = braced(&source, "enum Activity {");
    let mut defined = Vec::new();
    while let Some((name, _)) = rest.split_once('{') {
        let fields = braced(rest, "{");
        defined.push((snake_case(name.trim_matches([',', '\n', ' '])), members(fields, &all)));
        rest = &rest[name.len() + fields.len() + 2..];
    }
    assert!(defined.len() > 10, "{defined:?}");
    let mut listed: Vec<_> = table("json", "## Events of listen")
        .iter()
        .map(|row| (quoted(&row[0]).concat(), quoted(&row[2])))
        .collect();
    // Every attempt has `chaos` when it was changed, which is described below the table. Only this row always has it.
    for (_, members) in listed.iter_mut().filter(|(name, _)| name == "chaos") {
        members.retain(|member| member != "chaos");
    }
    assert_eq!(listed, defined);
}
