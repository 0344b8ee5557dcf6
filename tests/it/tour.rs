//! README.md and the topics: their blocks run as pasted, and their tables say what the program says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "all of this is test code, and it starts programs that need the PATH of this process"
)]

mod members;
#[cfg(unix)]
mod receivers;
#[cfg(unix)]
pub(crate) mod run;

use std::path::Path;

use crate::support::Home;

pub(crate) const README: &str = "README.md";

/// A fenced block.
pub(crate) struct Block {
    /// What stands behind the opening fence: the language, and for a block that keeps running the
    /// terminal, such as `sh terminal 1`.
    pub(crate) language: String,
    /// The line of text before it.
    before: String,
    pub(crate) text: String,
}

pub(crate) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The file of a topic, or README.md.
fn path(text: &str) -> String {
    if text == README { README.to_owned() } else { format!("src/topics/{text}.md") }
}

/// The text of a topic, or README.md.
pub(crate) fn text(name: &str) -> String {
    file(&path(name))
}

/// Every topic, and README.md.
fn texts() -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/topics")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let topics = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned));
    [README.to_owned()].into_iter().chain(topics).collect()
}

pub(crate) fn blocks(name: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut inside, mut before) = (false, String::new());
    for line in text(name).lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(language), false) => {
                blocks.push(Block {
                    language: language.to_owned(),
                    before: before.clone(),
                    text: String::new(),
                });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let text = &mut blocks.last_mut().unwrap().text;
                text.push_str(line);
                text.push('\n');
            }
            (None, false) if line.is_empty() => {}
            (None, false) => before = line.to_owned(),
        }
    }
    assert!(!inside, "a block of {name} is not closed");
    blocks
}

/// The only block in this language.
pub(crate) fn block(name: &str, language: &str) -> String {
    let mut found: Vec<Block> = blocks(name).into_iter().filter(|block| block.language == language).collect();
    assert_eq!(found.len(), 1, "{language} in {name}");
    found.remove(0).text
}

/// Building and installing would take minutes; these lines are checked by name only.
fn only_builds(block: &Block) -> bool {
    block.text.lines().all(|line| line.starts_with("cargo "))
}

/// The rows of the first table below this heading, each cut into its cells.
pub(crate) fn table(name: &str, heading: &str) -> Vec<Vec<String>> {
    let text = format!("\n{}", text(name));
    let (_, section) = text.split_once(&format!("\n{heading}\n")).expect(heading);
    let rows =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.skip(2).map(cells).collect()
}

/// The names in back quotes.
pub(crate) fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

pub(crate) fn first_column(name: &str, heading: &str) -> Vec<String> {
    table(name, heading).iter().flat_map(|row| quoted(&row[0])).collect()
}

/// The lines of `cstar --help` below this heading, without their indentation.
fn help(heading: &str) -> Vec<String> {
    let help = Home::new().run(["--help"]).ok().stdout;
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.is_empty()).map(|line| line.trim().to_owned()).collect()
}

fn first_word(line: impl AsRef<str>) -> String {
    line.as_ref().split_whitespace().next().unwrap().to_owned()
}

#[test]
fn readme_lists_the_commands_of_help() {
    let shown: Vec<String> = help("Commands:").iter().map(first_word).collect();
    assert!(shown.len() > 5, "{shown:?}");
    assert_eq!(first_column(README, "## Commands"), shown);
}

#[test]
fn readme_lists_the_topics_of_help() {
    let shown: Vec<(String, String)> = help("Topics, shown by `cstar help TOPIC`:")
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, title)| (format!("[{name}]({})", path(name)), title.trim().to_owned()))
        .collect();
    assert_eq!(shown.len() + 1, texts().len(), "a topic that help does not list");
    let listed = table(README, "## Where to read on");
    assert_eq!(listed.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect::<Vec<_>>(), shown);
}

#[test]
fn readme_is_short_and_its_links_work() {
    let readme = text(README);
    assert!(readme.lines().count() < 220, "{}", readme.lines().count());
    let links = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let mut files = 0;
    for link in links.filter(|link| !link.starts_with("https://")) {
        // What is below .github is no part of the published crate.
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(!root.join(".github").exists() || root.join(link).is_file(), "{link}");
        files += 1;
    }
    assert!(files > 10, "{files}");
}

#[test]
fn exit_codes_are_those_of_help() {
    let shown: Vec<String> = help("Exit codes:").iter().map(first_word).collect();
    assert!(shown.len() > 5, "{shown:?}");
    let listed = table("exit-codes", "# What each exit code means");
    assert_eq!(listed.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), shown);
}

#[test]
fn variables_are_those_of_help() {
    let is_name =
        |word: &&str| word.contains('_') && !word.contains(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    let lines = help("Environment:");
    let words = lines.iter().flat_map(|line| line.split([' ', ',']));
    let mut shown: Vec<String> = words.filter(is_name).map(str::to_owned).collect();
    let mut listed = first_column("environment", "## Variables");
    assert!(shown.len() > 5, "{shown:?}");
    shown.sort();
    listed.sort();
    assert_eq!(listed, shown);
}

#[test]
fn topics_name_the_defaults() {
    let home = Home::new();
    assert!(home.run(["sandbox", "--help"]).ok().stdout.contains("[default: 4747]"));
    for (topic, claim, source) in [
        ("tour", "`http://localhost:PORT/api/webhooks`", "http://localhost:3000/api/webhooks"),
        ("delivery", "5 times", "[default: 5]"),
        ("delivery", "(64)", "[default: 64]"),
    ] {
        assert!(text(topic).contains(claim), "{claim}");
        // Help is wrapped.
        let help = home.run(["listen", "--help"]).ok().stdout;
        let words: Vec<&str> = help.split_whitespace().collect();
        assert!(words.join(" ").contains(source), "{source}");
    }
}

#[test]
fn keys_in_the_topic_match_the_source() {
    let source = file("src/commands/listen/keys.rs");
    let mut listed = Vec::new();
    for row in table("tour", "## Keys while listen runs") {
        let key = quoted(&row[0]).concat();
        assert!(source.contains(&format!("'{key}'")), "{key} does nothing");
        listed.push(key);
    }
    let (_, help) = source.split_once("Keys: ").unwrap();
    let help = help.split('"').next().unwrap();
    let told: Vec<String> = help.split(", ").map(first_word).collect();
    assert_eq!(listed, told);
}

/// The body in braces after `opening`.
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

/// The members as serialised; those of a flattened structure, found in `source`, are given in its place.
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
                    "#[serde(skip)]" => {}
                    "#[serde(flatten)]" => {
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
    let all = source.clone() + &without_comments(&file("src/forward/ledger.rs"));
    let mut rest = braced(&source, "enum Activity {");
    let mut defined = Vec::new();
    while let Some((name, _)) = rest.split_once('{') {
        let fields = braced(rest, "{");
        defined.push((snake_case(name.trim_matches([',', '\n', ' '])), members(fields, &all)));
        rest = &rest[name.len() + fields.len() + 2..];
    }
    assert!(defined.len() > 10, "{defined:?}");
    let listed: Vec<_> = table("json", "## Events of listen")
        .iter()
        .map(|row| (quoted(&row[0]).concat(), quoted(&row[2])))
        .collect();
    assert_eq!(listed, defined);
}

/// The doctest in the rustdoc is compiled and run, so what it holds works.
#[test]
fn axum_receiver_matches_the_rustdoc() {
    let source = file("src/signature.rs");
    let lines = source.lines().filter_map(|line| line.strip_prefix("//!"));
    let rustdoc: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let receiver = block("receivers", "rust");
    assert!(rustdoc.join("\n").contains(receiver.trim_end()), "{receiver}");
}

#[test]
fn cargo_commands_in_texts_are_known() {
    let commands: Vec<String> = blocks(README)
        .iter()
        .filter(|block| block.language == "sh" && only_builds(block))
        .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(commands, ["cargo run --release -- demo", "cargo test", "cargo install --path ."]);
    let ci = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run");
    if ci.exists() {
        assert!(file(".ci/run").contains("cargo test"), ".ci/run does not name `cargo test`");
    }
}

/// Without its numbers: ports and times differ from run to run.
#[cfg(unix)]
fn without_numbers(picture: &str) -> String {
    let parts = picture.split(|c: char| c.is_ascii_digit() || c == '.');
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("0")
}

#[cfg(unix)]
#[test]
fn picture_shows_what_demo_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join(".ci/picture");
    // It is no part of the published crate.
    if !script.exists() || !run::has("python3") {
        println!("skipped: picture_shows_what_demo_prints needs python3 and .ci/picture");
        return;
    }
    let drawn =
        std::process::Command::new("python3").arg(script).arg(env!("CARGO_BIN_EXE_cstar")).output().unwrap();
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    let drawn = String::from_utf8(drawn.stdout).unwrap();
    let committed = file(".github/demo.svg");
    assert!(drawn.lines().count() > 30, "{drawn}");
    let advice = "run `.ci/picture target/debug/cstar > .github/demo.svg`";
    assert_eq!(without_numbers(&drawn), without_numbers(&committed), "{advice}");
}
