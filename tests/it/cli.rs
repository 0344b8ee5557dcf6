//! The basic commands: that they work, how they fail, and that they report the reason.

mod data;
mod help;
mod listen;
mod signatures;
mod trigger;

use crate::support::{CommandOutput, Home, help_section};

const SECRET: &str = "whsec_of_this_test";

/// Every command that `cstar --help` lists, so that a new one cannot be forgotten.
fn commands(home: &Home) -> Vec<String> {
    let help = home.run(["--help"]).ok().stdout;
    let names = ["Commands:", "Resources:"].map(|heading| help_section(&help, heading)).concat().into_iter();
    let names = names.filter(|name| *name != "help");
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() > 15, "{names:?}");
    names
}

fn sign(home: &Home, body: &str, at: i64) -> String {
    let output = home.run(["sign", "--secret", SECRET, "--at", &at.to_string(), body]).ok();
    output.stdout.trim_end().to_owned()
}

fn verify(home: &Home, signature: &str, more: &[&str]) -> CommandOutput {
    let mut command = home.cstar();
    command.args(["verify", "--secret", SECRET, "--signature", signature]).args(more);
    CommandOutput::run(&mut command)
}
