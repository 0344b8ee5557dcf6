//! Placeholders for what differs from run to run.

use std::sync::LazyLock;

use regex::{NoExpand, Regex};

/// Replaced everywhere.
static VOLATILE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    compiled(&[
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "[TIME]"),
        (r"\b\d\d:\d\d:\d\d(\.\d+)?", "[CLOCK]"),
        (r"\b(evt_[a-z_]+?)_\d{13}(_[A-Za-z0-9]+)?", "${1}_[ID]"),
        (r"…[A-Za-z0-9]{8}\b", "…[ID]"),
        (r"\b(whk|dlv|key|req|lst)_[A-Za-z0-9]{12,}", "${1}_[ID]"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "[UUID]"),
        (r"\bwhsec_[A-Za-z0-9_]{24,}", "whsec_[SECRET]"),
        (r"\b(sk|pk)_(test|live)_[A-Za-z0-9_-]{32,}", "${1}_${2}_[KEY]"),
        (r"\b[0-9a-f]{64}\b", "[HEX]"),
        (r"#token=[A-Za-z0-9]{32}\b", "#token=[TOKEN]"),
        (r"\bt=\d{10}\b", "t=[UNIX]"),
        (r"\bprocess \d+", "process [PID]"),
        (r"\bcstar(-cli)?[ /]\d+\.\d+\.\d+( on \w+ \w+| \(\w+; \w+\))?", "cstar${1} [VERSION]"),
        (r"\b\d{8,} s\b", "[AGE] s"),
        // Only where the tests run in a container. A full stop follows the note, but not a question mark.
        (r"\? \(in a container[^)]*\)\.", "?"),
        (r" \(in a container[^)]*\)", ""),
    ])
});

/// Replaced only in screens; in an error it is part of the text.
static MEASURED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    compiled(&[
        (r#""([A-Za-z_]*(_ms|Ms|_at|At)|pid|bytes)":\s*-?\d+(\.\d+)?"#, "\"$1\":[NUMBER]"),
        (r"(\d{4}-\d\d-\d\d \d\d:\d\d|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \[CLOCK\] GMT)", "[TIME]"),
        (r#""prefix":\s*"[^"]+""#, r#""prefix": "[PREFIX]""#),
        (r"…[A-Za-z0-9_-]{4}\b", "…[END]"),
        (r"\t\d+(\.\d+)?\t/", "\t[MS]\t/"),
        (r"\(tried (once|\d+ times( in [^)]+)?)\)", "(tried [COUNT])"),
        (r"\b\d+ bytes\b", "[SIZE] bytes"),
        (r"(  \d{3}) +\d+(\.\d+)?  ", "${1}  [MS]  "),
        (r" *\b\d+(\.\d+)? (µs|ms|s|min)\b", " [DURATION]"),
        (r"\b\d+(\.\d+)?(µs|ms|s)\b", "[DURATION]"),
        // The width of columns depends on their content.
        (r"(\S) {3,}", "${1}  "),
    ])
});

fn compiled(rules: &[(&str, &'static str)]) -> Vec<(Regex, &'static str)> {
    rules.iter().map(|(pattern, name)| (Regex::new(pattern).unwrap(), *name)).collect()
}

fn replace(text: &str, rules: &[(Regex, &str)]) -> String {
    rules.iter().fold(text.to_owned(), |text, (pattern, name)| pattern.replace_all(&text, *name).into_owned())
}

/// Replaces `value` in `text` by `name`. A number is not replaced within a longer one.
fn put(name: &str, value: &str, text: &str) -> String {
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.replace(value, name);
    }
    Regex::new(&format!(r"\b{value}\b")).unwrap().replace_all(text, NoExpand(name)).into_owned()
}

/// Values of one test and their placeholders, such as `[SERVER]` for the port of its receiver.
#[derive(Clone, Default)]
pub(super) struct Names(Vec<(&'static str, String)>);

impl Names {
    pub(super) fn name(mut self, placeholder: &'static str, value: impl ToString) -> Self {
        self.0.push((placeholder, value.to_string()));
        self
    }

    /// A command line with the values that its placeholders stand for.
    pub(super) fn fill(&self, line: &str) -> String {
        self.0.iter().fold(line.to_owned(), |line, (name, value)| line.replace(name, value))
    }

    /// Output with placeholders, except for durations.
    pub(super) fn hide(&self, text: &str) -> String {
        let text = text.replace(env!("CARGO_BIN_EXE_cstar"), "[BINARY]");
        let text = self.0.iter().fold(text, |text, (name, value)| put(name, value, &text));
        replace(&text, &VOLATILE)
    }

    /// A screen with placeholders, measured durations included.
    pub(super) fn hide_all(&self, screen: &str) -> String {
        replace(&self.hide(screen), &MEASURED)
    }
}

#[test]
fn placeholders_replace_what_differs() {
    let names = Names::default().name("[SERVER]", 40_123);
    assert_eq!(names.fill("listen --forward-to [SERVER]"), "listen --forward-to 40123");
    for (given, printed) in [
        ("POST :40123 at 2026-03-06T14:30:00.123Z", "POST :[SERVER] at [TIME]"),
        ("evt_ticket_created_1774583010044_abc12345", "evt_ticket_created_[ID]"),
        ("whk_a1b2c3d4e5f6 and whk_a1b2", "whk_[ID] and whk_a1b2"),
        ("within 30 s", "within 30 s"),
        ("9401237 and 40123", "9401237 and [SERVER]"),
    ] {
        assert_eq!(names.hide(given), printed);
    }
    assert_eq!(names.hide_all("200  1.5 ms, \"duration_ms\":12"), "200 [DURATION], \"duration_ms\":[NUMBER]");
}
