//! The topics of `cstar help TOPIC`: in a pipe, as JSON, and on terminals of 60 and 100 columns.

use super::{Folder, transcript};
use crate::support::terminal::{SKIPPED, Terminal};
use crate::support::{CommandOutput, Home};

/// The topics listed at the end of `cstar --help`.
pub(super) fn names(home: &Home) -> Vec<String> {
    let help = home.run(["--help"]).ok().stdout;
    let list = help.lines().skip_while(|line| !line.starts_with("Topics")).skip(1);
    let names = list.take_while(|line| !line.is_empty()).map(|line| line.split_whitespace().next().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn topics_in_a_pipe_are_as_reviewed() {
    let home = Home::new();
    let topics = names(&home);
    assert!(topics.len() >= 5, "{topics:?}");
    let mut folder = Folder::new("topics");
    for topic in topics {
        let output = CommandOutput::run(home.cstar().args(["help", &topic]));
        folder.check(&topic, &transcript(&format!("cstar help {topic}"), &output));
        let json = CommandOutput::run(home.cstar().args(["help", &topic, "--json"])).ok().json();
        assert_eq!(json["text"].as_str().unwrap().trim_end(), output.stdout.trim_end(), "{topic}");
    }
    folder.finish();
}

#[test]
fn topics_on_terminals_are_as_reviewed() {
    let home = Home::new();
    let mut folder = Folder::new("topics-terminal");
    for topic in names(&home) {
        for columns in [60, 100] {
            let Some(mut terminal) = Terminal::start_with_width(columns, &home.cstar(), &["help", &topic])
            else {
                return println!("{SKIPPED}");
            };
            let text = super::screens::plain(&terminal.read_to_end());
            folder.check(&format!("{topic}-{columns}"), &text);
        }
    }
    folder.finish();
}
