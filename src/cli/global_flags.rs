//! Moves global flags between a command and its subcommand to the front. clap would count them as arguments of
//! the command, and some commands accept no arguments together with a subcommand.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

/// `args` with the global flags before the last subcommand moved to the front.
pub(crate) fn move_to_front(tree: &Command, args: Vec<OsString>) -> Vec<OsString> {
    let globals: Vec<&Arg> = tree.get_arguments().filter(|arg| arg.is_global_set()).collect();
    let (mut flags, mut path) = (Vec::new(), Vec::new());
    let mut at = tree;
    let mut rest = args.into_iter().peekable();
    let program = rest.next();
    while let Some(next) = rest.peek() {
        let Some(word) = next.to_str() else { break };
        if let Some(command) = at.find_subcommand(word) {
            at = command;
            path.extend(rest.next());
        } else if let Some(takes_value) = flag(&globals, word) {
            let flag = rest.next();
            // A flag without its value stays: at the front it would swallow the command.
            if takes_value && rest.peek().is_none() {
                path.extend(flag);
                break;
            }
            flags.extend(flag);
            if takes_value {
                flags.extend(rest.next());
            }
        } else {
            break;
        }
    }
    program.into_iter().chain(flags).chain(path).chain(rest).collect()
}

/// The first word that is neither a global flag nor the value of one: the command, if the line is right.
pub(crate) fn first_word<'a>(tree: &Command, args: &'a [OsString]) -> Option<&'a str> {
    let globals: Vec<&Arg> = tree.get_arguments().filter(|arg| arg.is_global_set()).collect();
    let mut rest = args.iter().skip(1);
    loop {
        let word = rest.next()?.to_str()?;
        match flag(&globals, word) {
            Some(true) => _ = rest.next()?,
            Some(false) => {}
            None => return Some(word),
        }
    }
}

/// Whether `word` is one of `globals`, and whether the next word is its value.
fn flag(globals: &[&Arg], word: &str) -> Option<bool> {
    let takes_value = |arg: &Arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        let arg = globals.iter().find(|arg| arg.get_long() == Some(name))?;
        return Some(takes_value(arg) && value.is_none());
    }
    let short = word.strip_prefix('-').filter(|short| !short.is_empty())?;
    // No short flag of cstar has a value.
    let known = |c| globals.iter().any(|arg| arg.get_short() == Some(c) && !takes_value(arg));
    short.chars().all(known).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn ordered(line: &str) -> String {
        let args = move_to_front(&tree(), line.split(' ').map(OsString::from).collect());
        args.iter().map(|arg| arg.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn global_flags_are_moved_to_the_front() {
        for (line, moved) in [
            ("cstar events --json show ticket.created", "cstar --json events show ticket.created"),
            (
                "cstar history -v --profile a show evt_1 --json",
                "cstar -v --profile a history show evt_1 --json",
            ),
            ("cstar sandbox --base-url=http://a seed", "cstar --base-url=http://a sandbox seed"),
            ("cstar --profile events events -qv show x", "cstar --profile events -qv events show x"),
            ("cstar events --category tickets show x", "cstar events --category tickets show x"),
            ("cstar events -x show", "cstar events -x show"),
            ("cstar events --api-key", "cstar events --api-key"),
            ("cstar", "cstar"),
        ] {
            assert_eq!(ordered(line), moved);
        }
    }
}
