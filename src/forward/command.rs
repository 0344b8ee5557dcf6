//! A command that events are delivered to: its name, and how it is started. `run` makes an attempt with it.

mod exit;
mod run;

use std::process::Stdio;
use std::sync::Arc;

use http::HeaderMap;
use tokio::process::Command;

use crate::host::env::names;
pub(crate) use exit::{CommandEnd, CommandError, CommandExit, exit_code_in, is_command_timeout};

/// The beginning of the name of a command that is run directly, as in the history.
const DIRECT: &str = "exec: ";
/// The beginning of the name of a script that a shell runs.
const SHELL: &str = "exec-shell: ";

/// The documented headers of a delivery as variables. `cstar-signature` repeats `x-signature`, and the rest is the same
/// in every delivery.
const VARIABLES: [(&str, &str); 7] = [
    ("x-event-id", "CSTAR_EVENT_ID"),
    ("x-event-type", "CSTAR_EVENT_TYPE"),
    ("x-delivery-attempt", "CSTAR_DELIVERY_ATTEMPT"),
    ("x-signature", "CSTAR_SIGNATURE"),
    ("x-timestamp", "CSTAR_TIMESTAMP"),
    ("x-webhook-id", "CSTAR_WEBHOOK_ID"),
    ("x-cstar-request-id", "CSTAR_REQUEST_ID"),
];
/// Headers that have no variable.
const CONSTANT: [&str; 3] = ["content-type", "user-agent", "cstar-signature"];
/// The beginning of the variable of any other header, which the user has added.
const OTHER: &str = "CSTAR_HEADER_";
/// Secrets of this program, which a command does not need.
const HIDDEN: [&str; 3] = [names::API_KEY, names::WEBHOOK_SECRET, names::IDENTITY_KEY];

/// A command that gets the body of an event on its standard input.
#[derive(Debug)]
pub(crate) struct TargetCommand {
    program: Program,
    name: Arc<str>,
}

#[derive(Debug, PartialEq, Eq)]
enum Program {
    /// The program, and its arguments.
    Direct(String, Vec<String>),
    Shell(String),
}

impl TargetCommand {
    /// Splits `text` into words as a POSIX shell does, and expands nothing.
    pub(crate) fn direct(text: &str) -> Result<Self, String> {
        let words = shell_words::split(text).map_err(|_| "a quote is not closed".to_owned())?;
        let name = Arc::from(format!("{DIRECT}{}", shell_words::join(&words)));
        let mut words = words.into_iter();
        match words.next().filter(|program| !program.is_empty()) {
            Some(program) => Ok(Self { program: Program::Direct(program, words.collect()), name }),
            None => Err("it names no program".to_owned()),
        }
    }

    /// A script for `sh`, on Windows for `cmd`.
    pub(crate) fn shell(script: &str) -> Result<Self, String> {
        match script.trim() {
            "" => Err("it is empty".to_owned()),
            text => {
                let name = Arc::from(format!("{SHELL}{text}"));
                Ok(Self { program: Program::Shell(text.to_owned()), name })
            }
        }
    }

    /// The command with this name, as the history has it. `None` if it is the name of something else.
    pub(crate) fn from_name(name: &str) -> Option<Result<Self, String>> {
        match (name.strip_prefix(DIRECT), name.strip_prefix(SHELL)) {
            (Some(words), _) => Some(Self::direct(words)),
            (None, Some(script)) => Some(Self::shell(script)),
            (None, None) => None,
        }
    }

    /// Whether this is the name of a command.
    pub(crate) fn is_name(name: &str) -> bool {
        name.starts_with(DIRECT) || name.starts_with(SHELL)
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The process for a delivery with these headers.
    fn process(&self, headers: &HeaderMap) -> Command {
        let mut process = match &self.program {
            Program::Direct(program, arguments) => {
                let mut process = Command::new(program);
                process.args(arguments);
                process
            }
            Program::Shell(script) => shell(script),
        };
        process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in HIDDEN {
            process.env_remove(name);
        }
        for (header, variable) in VARIABLES {
            match text(headers, header) {
                Some(value) => process.env(variable, value),
                // Inherited if this process is such a command itself.
                None => process.env_remove(variable),
            };
        }
        for header in headers.keys().map(http::HeaderName::as_str) {
            let is_known = CONSTANT.contains(&header) || VARIABLES.iter().any(|(known, _)| *known == header);
            if let Some(value) = text(headers, header).filter(|_| !is_known) {
                process.env(format!("{OTHER}{}", header.to_ascii_uppercase().replace('-', "_")), value);
            }
        }
        process
    }
}

/// The values of a header, as HTTP joins them.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.map(std::borrow::Cow::into_owned).reduce(|all, next| format!("{all}, {next}"))
}

#[cfg(unix)]
fn shell(script: &str) -> Command {
    let mut process = Command::new("sh");
    process.arg("-c").arg(script);
    process
}

#[cfg(windows)]
fn shell(script: &str) -> Command {
    let mut process = Command::new("cmd");
    // With `/S`, only the outer quotes are removed; the script is passed as it is.
    process.args(["/D", "/S", "/C"]).raw_arg(format!("\"{script}\""));
    process
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Program {
        TargetCommand::direct(text).unwrap().program
    }

    #[test]
    fn words_are_split_without_expansion() {
        let direct = |program: &str, rest: &[&str]| {
            Program::Direct(program.to_owned(), rest.iter().map(|word| (*word).to_owned()).collect())
        };
        assert_eq!(words("cat"), direct("cat", &[]));
        assert_eq!(words(" jq  '.data | keys' "), direct("jq", &[".data | keys"]));
        assert_eq!(words("echo $HOME *.rs ~"), direct("echo", &["$HOME", "*.rs", "~"]));
        assert_eq!(words(r#""a b"/c \"d\" ''"#), direct("a b/c", &["\"d\"", ""]));
        for bad in ["", "  ", "''", "cat 'open", "cat \"open"] {
            TargetCommand::direct(bad).unwrap_err();
        }
        TargetCommand::shell(" \n").unwrap_err();
    }

    #[test]
    fn name_leads_back_to_the_command() {
        for command in [
            TargetCommand::direct(r#"a/b "c d" $x 'it'"'"'s' ''"#).unwrap(),
            TargetCommand::shell("jq . > 'a b' && true").unwrap(),
        ] {
            let again = TargetCommand::from_name(command.name()).unwrap().unwrap();
            assert_eq!((&again.program, &again.name), (&command.program, &command.name));
            assert!(TargetCommand::is_name(command.name()));
        }
        for other in ["http://localhost:3000/", "exec", "exec:cat", ""] {
            assert!(TargetCommand::from_name(other).is_none() && !TargetCommand::is_name(other), "{other}");
        }
    }

    #[test]
    fn headers_become_variables_without_secrets() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-event-id", "evt_1"),
            ("x-signature", "t=1,v1=00"),
            ("cstar-signature", "t=1,v1=00"),
            ("content-type", "application/json"),
            ("x-tenant-name", "a"),
            ("x-tenant-name", "b"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let process = TargetCommand::direct("cat").unwrap().process(&headers);
        let set: std::collections::BTreeMap<_, _> = process.as_std().get_envs().collect();
        let get = |name: &str| set.get(std::ffi::OsStr::new(name)).copied();
        assert_eq!(get("CSTAR_EVENT_ID"), Some(Some("evt_1".as_ref())));
        assert_eq!(get("CSTAR_SIGNATURE"), Some(Some("t=1,v1=00".as_ref())));
        assert_eq!(get("CSTAR_HEADER_X_TENANT_NAME"), Some(Some("a, b".as_ref())));
        for removed in ["CSTAR_API_KEY", "CSTAR_WEBHOOK_SECRET", "CSTAR_REQUEST_ID"] {
            assert_eq!(get(removed), Some(None), "{removed}");
        }
        assert_eq!(set.len(), VARIABLES.len() + HIDDEN.len() + 1, "{set:?}");
    }
}
