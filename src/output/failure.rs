//! Why a command failed: message, hints and exit code.

use std::io;

use serde_json::{Map, Value, json};

use super::sanitize::{redact, sanitize, shorten_for_json};
use super::{json, style};
use crate::host::io_error::io_message;

/// The exit codes of this program. They are documented in `--help`, the man pages and `cstar help exit-codes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 1: a negative result, such as a failed delivery.
    Failed,
    /// 2: the command line, or a file it names, is wrong.
    Usage,
    /// 3: cStar, or the local server, could not be reached.
    Unreachable,
    /// 4: no API key, or the key was refused.
    Auth,
    /// 70: a defect of this program.
    Bug,
    /// 130: interrupted before the work was finished.
    Interrupted,
    /// The code of the server that `dev` runs.
    Server(u8),
}

impl Exit {
    /// The number handed to the operating system.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Auth => 4,
            Self::Bug => 70,
            Self::Interrupted => 130,
            Self::Server(code) => code,
        }
    }

    const fn error_type(self) -> &'static str {
        match self {
            Self::Failed | Self::Server(_) => "failed",
            Self::Usage => "usage_error",
            Self::Unreachable => "unreachable",
            Self::Auth => "authentication_error",
            Self::Bug => "bug",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A failed command. Its texts may be untrusted; they are sanitized when printed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hints: Vec<String>,
    /// Boxed to keep every `Result` of this program small.
    api: Option<Box<ApiDetail>>,
    visibility: Visibility,
}

/// Whether a failure is still to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    Reported,
    Unreported,
    /// The reader of our output has gone: its choice, not a failure.
    ClosedPipe,
}

/// The API's error object, for `--json`.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiDetail {
    pub(crate) error_type: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) param: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl Failure {
    /// A failure with its exit code and message: what failed and which thing.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hints: Vec::new(),
            api: None,
            visibility: Visibility::Unreported,
        }
    }

    /// A mistake in the command line or in a file it names.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A negative result.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// A failure that was printed already: only the exit code remains.
    pub(crate) fn reported(exit: Exit) -> Self {
        Self { visibility: Visibility::Reported, ..Self::new(exit, String::new()) }
    }

    /// Adds what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the API's error object.
    #[must_use]
    pub(crate) fn with_api(mut self, detail: ApiDetail) -> Self {
        self.api = Some(Box::new(detail));
        self
    }

    /// Adds the id of the request, if it is known and not there yet.
    #[must_use]
    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        if id.is_some() {
            let api = self.api.get_or_insert_default();
            api.request_id = api.request_id.take().or(id);
        }
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// The message, not sanitized.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }

    pub(crate) fn api(&self) -> Option<&ApiDetail> {
        self.api.as_deref()
    }

    /// Whether the reader of our output has seen enough, as in `cstar listen | head -1`.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.visibility == Visibility::ClosedPipe
    }

    /// Whether it is still to be printed.
    pub(super) fn is_unreported(&self) -> bool {
        self.visibility == Visibility::Unreported
    }

    /// `error: …` and `hint: …` lines.
    pub(crate) fn to_lines(&self) -> Vec<String> {
        let request = self.api.as_ref().and_then(|api| api.request_id.as_deref());
        let request = request.map(|id| style::dim(&format!(" ({})", sanitize(id)))).unwrap_or_default();
        let mut lines = vec![format!("{} {}{request}", style::bad("error:"), sanitize(&self.message))];
        lines.extend(self.hints.iter().map(|hint| format!("{} {}", style::name("hint:"), sanitize(hint))));
        lines
    }

    /// The documented error object on one line.
    pub(crate) fn to_json(&self) -> String {
        let api = self.api.as_deref().cloned().unwrap_or_default();
        // A server may repeat the key anywhere. `json` escapes control characters.
        let shown =
            |text: Option<&str>| text.map_or(Value::Null, |text| json!(shorten_for_json(&redact(text))));
        let mut error = Map::new();
        error.insert("type".into(), shown(api.error_type.as_deref().or(Some(self.exit.error_type()))));
        error.insert("code".into(), shown(api.code.as_deref()));
        error.insert("message".into(), shown(Some(&self.message)));
        error.insert("param".into(), shown(api.param.as_deref()));
        error.insert("request_id".into(), shown(api.request_id.as_deref()));
        error.insert("hint".into(), shown(self.hints.first().map(String::as_str)));
        error.insert("exit_code".into(), json!(self.exit.code()));
        json::line(&json!({ "error": error })).unwrap_or_default()
    }
}

/// Writing the output failed.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { visibility: Visibility::ClosedPipe, ..Self::new(Exit::Failed, "closed pipe") };
        }
        Self::failed(format!("could not write the output: {}", io_message(&error)))
    }
}

#[cfg(test)]
impl Failure {
    /// The lines without colour.
    pub(crate) fn plain_text(&self) -> String {
        anstream::adapter::strip_str(&self.to_lines().join("\n")).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_error_has_documented_members() {
        let failure = Failure::usage("no such thing: whsec_abc").hint("try another");
        let value: Value = serde_json::from_str(&failure.to_json()).unwrap();
        assert_eq!(
            value,
            json!({"error": {"type": "usage_error", "code": null, "message": "no such thing: whsec_…",
                "param": null, "request_id": null, "hint": "try another", "exit_code": 2}})
        );
    }

    #[test]
    fn messages_are_sanitized_when_printed() {
        let failure = Failure::failed("title \x1b[2J").hint("\u{202e}");
        assert_eq!(failure.plain_text(), "error: title \\x1b[2J\nhint: \\u{202e}");
    }
}
