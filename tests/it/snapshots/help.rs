//! The long and the short help of every command. The list of commands comes from the help itself, so that a
//! new one cannot be forgotten.

use super::{Folder, in_parallel, transcript};
use crate::support::{CommandOutput, Home, help_section};

/// No help lists it.
const HIDDEN: [&str; 1] = ["__complete"];

fn run(home: &Home, path: &[String], flag: &str) -> CommandOutput {
    CommandOutput::run(home.cstar().args(path).arg(flag)).ok()
}

/// This command and all below it, each as the words of its command line.
fn tree(home: &Home, path: &[String]) -> Vec<Vec<String>> {
    let help = run(home, path, "--help").stdout;
    let names = ["Commands:", "Resources:"].map(|heading| help_section(&help, heading)).concat().into_iter();
    let below: Vec<Vec<String>> = names.map(|name| [path, &[name.to_owned()]].concat()).collect();
    let below = in_parallel(&below, |path| tree(home, path));
    [vec![path.to_vec()], below.concat()].concat()
}

#[test]
fn help_pages_are_as_reviewed() {
    let home = Home::new();
    let mut commands = tree(&home, &[]);
    commands.extend(HIDDEN.map(|name| vec![name.to_owned()]));
    assert!(commands.len() > 40, "{commands:?}");
    let pages = in_parallel(&commands, |path| {
        let line = [&["cstar".to_owned()], path.as_slice()].concat();
        let both = ["--help", "-h"].map(|flag| {
            let output = run(&home, path, flag);
            transcript(&format!("{} {flag}", line.join(" ")), &output)
        });
        (line.join("-"), both.join("\n"))
    });
    let mut folder = Folder::new("help");
    for (name, page) in pages {
        folder.check(&name, &page);
    }
    folder.finish();
}

#[test]
fn help_command_prints_the_same_pages() {
    let home = Home::new();
    let mut commands = tree(&home, &[]);
    // `help webhooks` is the topic; the command has `webhooks --help`.
    let topics = super::topics::names(&home);
    commands.retain(|path| path.len() != 1 || !topics.contains(&path[0]));
    commands.retain(|path| path.first().is_none_or(|name| name != "help"));
    in_parallel(&commands, |path| {
        let by_command = CommandOutput::run(home.cstar().arg("help").args(path)).ok();
        assert_eq!(by_command.stdout, run(&home, path, "--help").stdout, "{path:?}");
    });
}
