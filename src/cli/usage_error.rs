//! Usage errors of clap in the form of all errors of cstar: one line and hints.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::args::target;
use crate::net::without_credentials;
use crate::output::Failure;

/// The failure for a command line, `args`, that clap refused.
pub(crate) fn usage_error(error: &Error, args: &[OsString]) -> Failure {
    let failure = Failure::usage(message(error));
    let failure = match positional_target(error, args).or_else(|| tip(error)) {
        Some(tip) => failure.hint(tip),
        None => failure,
    };
    failure.hint(format!("see: {} --help", command(args)))
}

/// Built from the parts of the error. Cutting it out of clap's text would let typed text imitate a hint.
fn message(error: &Error) -> String {
    let typed = |kind| without_credentials(&text(error, kind).unwrap_or_default());
    match error.kind() {
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => wrong_value(error),
        ErrorKind::UnknownArgument => {
            format!("unexpected argument '{}' found", typed(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidSubcommand => {
            format!("unrecognized subcommand '{}'", typed(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = list(error, ContextKind::InvalidArg).join(", ");
            format!("the following required arguments were not provided: {missing}")
        }
        // A word after several arguments of a command that also has commands below it. clap's first line is not whole.
        ErrorKind::ArgumentConflict
            if text(error, ContextKind::InvalidSubcommand).is_some()
                && list(error, ContextKind::PriorArg).len() > 1 =>
        {
            format!("unexpected argument '{}' found", typed(ContextKind::InvalidSubcommand))
        }
        // The texts of the other kinds contain only names of arguments, never typed values.
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            first.strip_prefix("error: ").unwrap_or(first).trim_end_matches(':').to_owned()
        }
    }
}

fn wrong_value(error: &Error) -> String {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    if value.is_empty() && error.kind() == ErrorKind::InvalidValue {
        return format!("a value is required for '{argument}' but none was supplied");
    }
    let reason = match error.source() {
        Some(source) => number(&source.to_string()),
        None => format!("it is one of {}", list(error, ContextKind::ValidValue).join(", ")),
    };
    // Headers often contain tokens, and URLs passwords.
    if argument.starts_with("--header") || without_credentials(&value) != value {
        return format!("invalid value for '{argument}': {reason}");
    }
    format!("invalid value '{value}' for '{argument}': {reason}")
}

/// `cstar listen 3000`: the target is a flag. `cstar version`: the version is a flag.
fn positional_target(error: &Error, args: &[OsString]) -> Option<String> {
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let typed = text(error, ContextKind::InvalidArg)?;
            let known = command(args) == "cstar listen" && target::parse(&typed).is_ok();
            // A URL may contain a password.
            (known && !typed.contains('@'))
                .then(|| format!("to deliver there: cstar listen --forward-to {typed}"))
        }
        ErrorKind::InvalidSubcommand => {
            let typed = text(error, ContextKind::InvalidSubcommand)?;
            (typed == "version").then(|| "the version is printed by: cstar --version".to_owned())
        }
        _ => None,
    }
}

/// Replaces the errors of the standard library about numbers, which clap repeats, with plain ones.
fn number(reason: &str) -> String {
    match reason {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "expected a whole number".to_owned()
        }
        "number too large to fit in target type" => "the number is too large".to_owned(),
        "number too small to fit in target type" => "the number is too small".to_owned(),
        _ => match reason
            .strip_suffix("..18446744073709551615")
            .and_then(|rest| rest.rsplit_once(" is not in "))
        {
            Some((_, least)) => format!("expected a whole number from {least} on"),
            None => match reason.rsplit_once(" is not in ").and_then(|(_, range)| range.split_once("..")) {
                Some((least, most)) => {
                    let most = most.trim_start_matches('=');
                    if most == "4294967295" || most == "4294967296" {
                        format!("expected a whole number from {least} on")
                    } else {
                        format!("expected a whole number from {least} to {most}")
                    }
                }
                None => reason.to_owned(),
            },
        },
    }
}

fn tip(error: &Error) -> Option<String> {
    let kinds = [
        (ContextKind::SuggestedSubcommand, "subcommand"),
        (ContextKind::SuggestedArg, "argument"),
        (ContextKind::SuggestedValue, "value"),
        // clap does not notice swapped letters, such as `zhs`.
        (ContextKind::ValidValue, "value"),
    ];
    kinds.into_iter().find_map(|(kind, what)| {
        let names: Vec<_> = list(error, kind)
            .iter()
            .filter(|name| is_near(error, name))
            .map(|name| format!("'{name}'"))
            .collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("a similar {what} exists: {one}")),
            many => Some(format!("some similar {what}s exist: {}", many.join(", "))),
        }
    })
}

/// Whether `name` is worth suggesting; clap would suggest PATCH for FETCH. One typing error in three characters is
/// near, and so is the beginning of a name.
fn is_near(error: &Error, name: &str) -> bool {
    let kinds = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => ContextKind::InvalidValue,
    };
    let Some(typed) = text(error, kinds) else { return true };
    let plain = |text: &str| text.trim_start_matches('-').to_lowercase();
    let (typed, name) = (plain(&typed), plain(name));
    let length = typed.chars().count();
    let begins = length.min(name.len()) >= 3 && (name.starts_with(&typed) || typed.starts_with(&name));
    // The distance costs the product of both lengths, so long input is not compared.
    begins || (length <= 64 && strsim::osa_distance(&typed, &name) <= (length / 3).max(1))
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    list(error, kind).into_iter().next()
}

fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(many)) => many.clone(),
        Some(ContextValue::StyledStr(one)) => vec![one.to_string()],
        _ => Vec::new(),
    }
}

/// The command that `args` name, for the hint about its help.
fn command(args: &[OsString]) -> String {
    let tree = super::tree();
    let mut at = &tree;
    let mut path = vec!["cstar"];
    for word in args.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(next) = at.find_subcommand(word) {
            path.push(next.get_name());
            at = next;
        }
    }
    path.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(line: &str) -> Vec<String> {
        of(&line.split(' ').collect::<Vec<_>>())
    }

    fn of(args: &[&str]) -> Vec<String> {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let error = super::super::parse(&args).unwrap_err();
        let lines = usage_error(&error, &args).to_lines();
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn mistyped_names_get_a_suggestion() {
        assert_eq!(
            lines("cstar lisen"),
            [
                "error: unrecognized subcommand 'lisen'",
                "hint: a similar subcommand exists: 'listen'",
                "hint: see: cstar --help"
            ]
        );
        let flag = lines("cstar listen --forward-too 3000");
        assert_eq!(flag[0], "error: unexpected argument '--forward-too' found");
        assert_eq!(flag[1], "hint: a similar argument exists: '--forward-to'");
        assert_eq!(flag.last().unwrap(), "hint: see: cstar listen --help");
        assert_eq!(lines("cstar completion zhs")[1], "hint: a similar value exists: 'zsh'");
        for far in ["cstar logs --method FETCH", "cstar completion tcsh", "cstar listen --frobnicate"] {
            assert!(!lines(far).join(" ").contains("similar"), "{far}");
        }
    }

    #[test]
    fn number_errors_are_plain() {
        for (line, reason) in [
            ("cstar listen --count abc", "expected a whole number"),
            ("cstar listen --count 1.5x", "expected a whole number"),
            ("cstar trigger ticket.created --count 0", "expected a whole number from 1 to 100000"),
            ("cstar trigger ticket.created --count 99999999999999999999999", "the number is too large"),
            ("cstar listen --retries 5000000000", "expected a whole number from 0 on"),
            ("cstar history --limit 0", "expected a whole number from 1 on"),
        ] {
            let said = lines(line)[0].clone();
            assert!(said.ends_with(reason), "{line}: {said}");
        }
    }

    #[test]
    fn target_without_flag_gets_a_hint() {
        for target in ["3000", ":3000/x", "localhost:3000/webhook", "http://localhost:3000/"] {
            let hint = format!("hint: to deliver there: cstar listen --forward-to {target}");
            assert_eq!(of(&["cstar", "listen", target])[1], hint);
        }
        assert_eq!(lines("cstar version")[1], "hint: the version is printed by: cstar --version");
    }

    #[test]
    fn a_missing_argument_is_named() {
        assert_eq!(
            lines("cstar events show"),
            [
                "error: the following required arguments were not provided: <TYPE>",
                "hint: see: cstar events show --help"
            ]
        );
        assert_eq!(
            lines("cstar listen --secret")[0],
            "error: a value is required for '--secret <SECRET>' but none was supplied"
        );
    }

    #[test]
    fn invalid_value_names_the_help_of_its_command() {
        let lines = lines("cstar --json listen --count 0");
        assert_eq!(lines[0], "error: invalid value '0' for '--count <N>': expected a whole number from 1 on");
        assert_eq!(lines[1], "hint: see: cstar listen --help");
    }

    #[test]
    fn misplaced_secrets_are_not_repeated() {
        for args in [
            &["cstar", "events", "sk_live_hunter2"][..],
            &["cstar", "listen", "--header", "hunter2"],
            &["cstar", "listen", "--header", "X: hunter2\nb"],
            &["cstar", "listen", "--forward-to", "http://user:hunter2@localhost:0"],
        ] {
            assert!(!of(args).join("\n").contains("hunter2"), "{args:?}");
        }
    }

    #[test]
    fn typed_text_cannot_imitate_a_hint() {
        for args in [&["cstar", "a\n  tip: b"][..], &["cstar", "listen", "--events", "a\n  tip: b"]] {
            let lines = of(args);
            assert!(lines[0].contains("\\x0a  tip: b"), "{lines:?}");
            assert_eq!(lines.len(), 2, "{lines:?}");
        }
    }
}
