//! The result of one check: name, status, message and fix.

use serde::Serialize;
use serde_json::{Value, json};

use crate::output::sanitize::{redact, sanitize, shorten};
use crate::output::style;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Ok,
    /// It works, but something should be fixed.
    Warn,
    /// It does not work.
    Fail,
    /// Not checked, or nothing to check.
    Skip,
}

/// The result of one check. Its texts may be untrusted; they are sanitized when printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// One word; stable across versions, because scripts match it.
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) message: String,
    /// What to do, a command if possible.
    pub(super) fix: Option<String>,
}

impl Check {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, message: message.into(), fix: None }
    }

    pub(super) fn skip(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, status: Status::Skip, message: message.into(), fix: None }
    }

    pub(super) fn warn(name: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, status: Status::Warn, message: message.into(), fix: Some(fix.into()) }
    }

    pub(super) fn fail(name: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, status: Status::Fail, message: message.into(), fix: Some(fix.into()) }
    }

    /// Whether both were skipped for the same reason.
    pub(super) fn is_skipped_like(&self, other: &Self) -> bool {
        let reason = |check: &Self| (check.status == Status::Skip).then(|| check.message.clone());
        reason(self).is_some_and(|why| reason(other) == Some(why))
    }

    /// As `--json` has it: `{"name","status","message","fix"}`.
    pub(super) fn to_json(&self) -> Value {
        let shown = |text: &str| shorten(&redact(text));
        json!({
            "name": self.name,
            "status": self.status,
            "message": shown(&self.message),
            "fix": self.fix.as_deref().map(shown),
        })
    }
}

const NAME: usize = 12;

/// A line for checks that were skipped together ([`Check::is_skipped_like`]), and one for the fix.
pub(super) fn lines(same: &[Check]) -> Vec<String> {
    let Some(check) = same.first() else { return Vec::new() };
    let names = same.iter().map(|check| check.name).collect::<Vec<_>>().join(", ");
    let message = sanitize(&check.message);
    let (status, message) = match check.status {
        Status::Ok => (style::good("ok  "), message),
        Status::Warn => (style::warn("warn"), message),
        Status::Fail => (style::bad("fail"), message),
        Status::Skip => (style::dim("skip"), style::dim(&message)),
    };
    let fix = check.fix.iter().map(|fix| format!("      {} {}", style::name("fix:"), sanitize(fix)));
    [format!("{status}  {names:<NAME$}  {message}")].into_iter().chain(fix).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_and_fix_are_sanitized_lines() {
        let check = Check::fail("dns", "evil\x1b[2J sk_test_abc", "run: x\u{202e}");
        let plain: Vec<_> = lines(std::slice::from_ref(&check))
            .iter()
            .map(|line| anstream::adapter::strip_str(line).to_string())
            .collect();
        assert_eq!(plain, [r"fail  dns           evil\x1b[2J sk_test_…", r"      fix: run: x\u{202e}"]);
        assert_eq!(check.to_json()["message"], "evil\u{1b}[2J sk_test_…");
        assert_eq!(check.to_json()["status"], "fail");
        assert_eq!(Check::skip("dns", "a").to_json()["fix"], Value::Null);
    }

    #[test]
    fn checks_skipped_together_share_a_line() {
        let checks = [
            Check::skip("tls", "no"),
            Check::skip("http", "no"),
            Check::skip("key", "x"),
            Check::ok("a", "x"),
        ];
        let groups: Vec<_> = checks.chunk_by(Check::is_skipped_like).map(<[_]>::len).collect();
        assert_eq!(groups, [2, 1, 1]);
        let shown = anstream::adapter::strip_str(&lines(&checks[..2])[0]).to_string();
        assert_eq!(shown, "skip  tls, http     no");
    }
}
