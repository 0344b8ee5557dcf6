//! The committed completion scripts and man pages match the command tree, and work.

use std::collections::BTreeMap;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use crate::support::{CommandOutput, Home};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// File names and contents below `directory`.
fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{directory:?}: {error}"));
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("man").join(name)).unwrap()
}

/// The commands that completion offers after `words`.
fn offered(words: &[&str]) -> Vec<String> {
    let home = Home::new();
    let place = words.len().to_string();
    let output = CommandOutput::run(
        home.cstar().args(["__complete", "bash", &place, "--", "cstar"]).args(&words[1..]).arg(""),
    );
    output.ok().stdout.lines().map(str::to_owned).filter(|word| !word.starts_with('-')).collect()
}

/// A name for each command below `words`, at any depth.
fn commands_below(words: &[&str], found: &mut Vec<String>) {
    // `help` lists the same names again.
    for name in offered(words).iter().filter(|_| words.last() != Some(&"help")) {
        let longer: Vec<&str> = words.iter().copied().chain([name.as_str()]).collect();
        let is_command = CommandOutput::run(Home::new().cstar().args(&longer[1..]).arg("--help")).stdout;
        if is_command.contains(&format!("Usage: {}", longer.join(" "))) {
            found.push(longer.join("-"));
            commands_below(&longer, found);
        }
    }
}

#[test]
fn every_man_page_has_the_usual_sections() {
    let pages = contents(&root().join("man"));
    let mut commands = vec!["cstar".to_owned()];
    commands_below(&["cstar"], &mut commands);
    assert!(commands.len() > 15 && commands.contains(&"cstar-history-show".to_owned()), "{commands:?}");
    let mut named: Vec<String> = commands.iter().map(|command| format!("{command}.1")).collect();
    named.sort();
    let present: Vec<&String> = pages.keys().filter(|name| name.ends_with(".1")).collect();
    assert_eq!(present, named.iter().collect::<Vec<_>>());
    for command in commands {
        let name = format!("{command}.1");
        let page = page(&name);
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "EXAMPLES",
            "EXIT STATUS",
            "ENVIRONMENT",
            "FILES",
            "SEE ALSO",
        ] {
            assert!(page.contains(&format!(".SH {section}\n")), "{name} has no {section}");
        }
        assert!(page.contains("CSTAR_API_KEY") && page.contains("130"), "{name}");
    }
}

/// The names that `cstar help` lists below this heading.
fn topics() -> Vec<String> {
    let help = Home::new().run(["--help"]).ok().stdout;
    let lines = help.lines().skip_while(|line| !line.starts_with("Topics")).skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_topic_is_a_text_and_a_man_page() {
    let home = Home::new();
    let topics = topics();
    assert!(topics.len() > 10 && topics.contains(&"tour".to_owned()), "{topics:?}");
    let mut pages: Vec<String> = topics.iter().map(|topic| format!("cstar-{topic}.7")).collect();
    pages.sort();
    let present: Vec<String> =
        contents(&root().join("man")).into_keys().filter(|name| name.ends_with(".7")).collect();
    assert_eq!(present, pages);
    for topic in &topics {
        let text = home.run(["help", topic]).ok().stdout;
        assert!(text.lines().count() > 10, "{topic}: {text}");
        let long = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{topic}");
        let json = home.run(["help", topic, "--json"]).ok().json();
        assert_eq!(json["text"].as_str().unwrap().trim_end(), text.trim_end());
        let page = page(&format!("cstar-{topic}.7"));
        assert!(page.contains(".SH NAME\n") && page.contains(".SH DESCRIPTION\n"), "{topic}");
    }
}

#[test]
fn help_command_and_flag_print_the_same() {
    let home = Home::new();
    for (words, path) in [
        (&["help", "listen"][..], &["listen", "--help"][..]),
        (&["help", "history", "show"], &["history", "show", "--help"]),
        (&["help"], &["--help"]),
    ] {
        let (by_command, by_flag) = (
            CommandOutput::run(home.cstar().args(words)).ok(),
            CommandOutput::run(home.cstar().args(path)).ok(),
        );
        assert_eq!(by_command.stdout, by_flag.stdout, "{words:?}");
    }
    let unknown = home.run(["help", "exit-code"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("exit-codes"), "{}", unknown.stderr);
    assert_eq!(home.run(["help", "__complete"]).code, 2, "hidden");
}

#[test]
fn hidden_commands_have_no_page() {
    let commands = offered(&["cstar"]);
    assert!(commands.contains(&"listen".to_owned()), "{commands:?}");
    assert!(!commands.iter().any(|name| name.contains("complete")), "{commands:?}");
}

#[test]
fn completion_prints_the_committed_script() {
    let home = Home::new();
    let files = [
        ("bash", "cstar.bash"),
        ("zsh", "_cstar"),
        ("fish", "cstar.fish"),
        ("powershell", "_cstar.ps1"),
        ("elvish", "cstar.elv"),
    ];
    assert_eq!(files.len(), contents(&root().join("completions")).len(), "a file that no command prints");
    for (shell, file) in files {
        let committed = std::fs::read_to_string(root().join("completions").join(file)).unwrap();
        assert_eq!(home.run(["completion", shell]).ok().stdout, committed, "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn man_pages_render_without_warnings() {
    for name in contents(&root().join("man")).keys() {
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"])
            .arg(root().join("man").join(name))
            .env("MANWIDTH", "80")
            .env("LC_ALL", "C.UTF-8");
        let Ok(output) = man.output() else { return };
        let printed = String::from_utf8_lossy(&output.stderr);
        // The `man` of macOS and BSD lacks these flags.
        if printed.contains("usage") || printed.contains("illegal option") {
            return;
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // In minimal containers, `man` only prints that there are no pages.
        if !text.contains("NAME") {
            return;
        }
        assert_eq!(printed, "", "{name}");
        let of_command = name.ends_with(".1");
        assert!(!of_command || text.contains("EXIT STATUS") && text.contains("--base-url"), "{name}: {text}");
    }
}
