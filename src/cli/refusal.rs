//! What clap says about a wrong command line, in the form of all our errors: one line and hints.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output::Failure;

/// The failure for a command line that clap refused.
pub(crate) fn refusal(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let message = text.lines().next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message).trim_end_matches(':');
    let mut failure = Failure::usage(complete(message, &text, error.kind()));
    for tip in text.lines().filter_map(|line| line.trim_start().strip_prefix("tip: ")) {
        // clap explains how to pass a value that looks like a flag; that is rarely what was meant.
        if !tip.starts_with("to pass ") {
            failure = failure.hint(tip);
        }
    }
    failure.hint(format!("see: {} --help", command(error)))
}

/// clap lists missing arguments on lines of their own.
fn complete(message: &str, text: &str, kind: ErrorKind) -> String {
    if kind != ErrorKind::MissingRequiredArgument {
        return message.to_owned();
    }
    let missing: Vec<_> =
        text.lines().skip(1).take_while(|line| line.starts_with("  ")).map(str::trim).collect();
    format!("{message}: {}", missing.join(", "))
}

/// The command whose help would explain it, as far as clap's usage line names one.
fn command(error: &clap::Error) -> String {
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let words = usage.trim_start_matches("Usage:").split_whitespace();
    let command: Vec<_> = words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
    if command.is_empty() { "cstar".to_owned() } else { command.join(" ") }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::Cli;

    use super::*;

    fn lines(line: &str) -> Vec<String> {
        let error = Cli::try_parse_from(line.split(' ')).unwrap_err();
        refusal(&error).to_lines().iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn a_mistyped_command_or_flag_is_answered_with_the_nearest() {
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
    }

    #[test]
    fn a_missing_argument_is_named() {
        assert_eq!(
            lines("cstar events show")[0],
            "error: the following required arguments were not provided: <TYPE>"
        );
    }

    #[test]
    fn a_key_in_the_wrong_place_is_not_repeated() {
        assert!(!lines("cstar events sk_live_abcdef").join("\n").contains("abcdef"));
    }
}
