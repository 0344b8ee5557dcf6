//! A tree with a single command gives what the whole tree gives.

use std::ffi::OsString;

use crate::cli::{Cli, parse_with, parse_with_one_command as parse, tree, tree_of_one_command};

fn help(parsed: Result<Cli, clap::Error>) -> String {
    parsed.unwrap_err().render().ansi().to_string()
}

fn check(path: &mut Vec<OsString>, command: &clap::Command) {
    for flag in ["-h", "--help"] {
        let args = [&path[..], &[flag.into()]].concat();
        let whole = help(parse_with(tree(), args.clone()));
        assert_eq!(help(parse(&args).unwrap()), whole, "{args:?}");
    }
    for inner in command.get_subcommands() {
        path.push(inner.get_name().into());
        check(path, inner);
        path.pop();
    }
}

#[test]
fn help_is_that_of_the_whole_tree() {
    for command in tree().get_subcommands() {
        check(&mut vec!["cstar".into(), command.get_name().into()], command);
    }
}

#[test]
fn no_other_command_is_built() {
    for line in [
        "cstar tickets list",
        "cstar --json tickets list --all",
        "cstar bulk update tickets -",
        "cstar api tickets",
    ] {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let (name, tree) = tree_of_one_command(&args).unwrap();
        let built: Vec<&str> = tree.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(built, [name], "{line}");
    }
}

#[test]
fn other_lines_need_the_whole_tree() {
    let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
    for line in [
        "cstar",
        "cstar --help",
        "cstar -h listen",
        "cstar lisen",
        "cstar --forward-to 3000",
        "cstar listen --forward 3000",
        "cstar webhooks",
        "cstar --profile",
    ] {
        assert!(parse(&args(line)).is_none(), "{line}");
    }
    for line in ["cstar --version", "cstar -qV", "cstar --profile listen status", "cstar --json events"] {
        let parsed = parse(&args(line)).unwrap();
        let whole = parse_with(tree(), args(line));
        assert_eq!(format!("{parsed:?}"), format!("{whole:?}"), "{line}");
    }
}
