//! README.md and the topics: their blocks run as pasted, and their tables match the program.

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
mod source;

use std::path::Path;

use crate::support::Home;

pub(crate) const README: &str = "README.md";

/// A fenced block.
pub(crate) struct Block {
    /// The info string of the opening fence: the language, and for a block that keeps running the terminal,
    /// such as `sh terminal 1`.
    pub(crate) language: String,
    /// The line of text before it.
    #[cfg_attr(windows, expect(dead_code, reason = "only Unix runs the blocks"))]
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

/// Building and installing would take minutes, so only the names in these lines are checked.
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

/// The names in backticks.
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
    let lines = [help("Commands:"), help("Resources:")].concat();
    let screen: Vec<String> = lines.iter().map(first_word).collect();
    assert!(screen.len() > 5, "{screen:?}");
    assert_eq!(first_column(README, "## Commands"), screen);
}

#[test]
fn readme_lists_the_topics_of_help() {
    let screen: Vec<(String, String)> = help("Topics, shown by `cstar help TOPIC`:")
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, title)| (format!("[{name}]({})", path(name)), title.trim().to_owned()))
        .collect();
    assert_eq!(screen.len() + 1, texts().len(), "a topic that help does not list");
    let listed = table(README, "## Further reading");
    assert_eq!(listed.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect::<Vec<_>>(), screen);
}

#[test]
fn readme_is_short_and_its_links_work() {
    let readme = text(README);
    assert!(readme.lines().count() < 220, "{}", readme.lines().count());
    let links = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let pictures = readme.split("src").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let links = links.chain(pictures.filter(|path| path.ends_with(".png")));
    let mut files = 0;
    for link in links.filter(|link| !link.starts_with("https://")) {
        // The published crate does not contain .github.
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(!root.join(".github").exists() || root.join(link).is_file(), "{link}");
        files += 1;
    }
    assert!(files > 10, "{files}");
}

#[test]
fn exit_codes_are_those_of_help() {
    let screen: Vec<String> = help("Exit codes:").iter().map(first_word).collect();
    assert!(screen.len() > 5, "{screen:?}");
    let listed = table("exit-codes", "# What each exit code means");
    assert_eq!(listed.iter().map(|row| row[0].clone()).collect::<Vec<_>>(), screen);
}

#[test]
fn variables_are_those_of_help() {
    let is_name =
        |word: &&str| word.contains('_') && !word.contains(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    let lines = help("Environment:");
    let words = lines.iter().flat_map(|line| line.split([' ', ',']));
    let mut screen: Vec<String> = words.filter(is_name).map(str::to_owned).collect();
    let mut listed = first_column("environment", "## Variables");
    assert!(screen.len() > 5, "{screen:?}");
    screen.sort();
    listed.sort();
    assert_eq!(listed, screen);
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

/// The receiver is also a doctest of the rustdoc, which is compiled and run.
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

/// Without numbers: ports and times differ from run to run.
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
    // The published crate does not contain it.
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
