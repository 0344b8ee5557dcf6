//! What must not be in the answers: secrets, and stack traces. Reports only what is certain.

use super::result::{Answer, Finding};
use super::sender::{SeenAnswer, Sender};
use crate::output::format::pluralize;
use crate::secret::prefixes;

/// A shorter secret may be an ordinary word.
const SHORTEST: usize = 8;
/// A key with fewer characters after its prefix is an example.
const SHORTEST_KEY: usize = 16;

pub(super) fn exposed_secret(sender: &Sender) -> Finding {
    let seen = sender.seen();
    match seen.iter().find_map(|seen| exposed(seen, sender.secret())) {
        Some(what) => Finding::fail(format!("{what} is in an answer")),
        None => Finding::pass(format!("none in {}", pluralize(seen.len() as u64, "answer"))),
    }
}

fn exposed(seen: &SeenAnswer, secret: &str) -> Option<&'static str> {
    let text = whole_text(&seen.answer);
    let bare = secret.strip_prefix(prefixes::SIGNING_SECRET).unwrap_or(secret);
    if [secret, bare].iter().any(|secret| secret.len() >= SHORTEST && text.contains(secret)) {
        return Some("the signing secret");
    }
    // The receiver computed it, because the request contains another one.
    if seen.oracle.as_ref().is_some_and(|oracle| text.to_ascii_lowercase().contains(oracle)) {
        return Some("the right signature of a forged request");
    }
    prefixes::all().any(|prefix| has_key(&text, prefix)).then_some("a key")
}

fn has_key(text: &str, prefix: &str) -> bool {
    text.match_indices(prefix).any(|(at, _)| {
        let rest = text.get(at + prefix.len()..).unwrap_or_default();
        rest.bytes().take_while(u8::is_ascii_alphanumeric).count() >= SHORTEST_KEY
    })
}

pub(super) fn stack_trace(sender: &Sender) -> Finding {
    let seen = sender.seen();
    match seen.iter().find_map(|seen| Some((trace(&whole_text(&seen.answer))?, &seen.answer))) {
        Some((language, answer)) => {
            Finding::fail(format!("the endpoint {} with a stack trace of {language}", answer.text()))
        }
        None => Finding::pass(format!("none in {}", pluralize(seen.len() as u64, "answer"))),
    }
}

/// The language of a stack trace.
fn trace(text: &str) -> Option<&'static str> {
    // As HTML, Express writes `&nbsp;` before, and `&lt;anonymous&gt;` in, the lines.
    let text = text.replace("&nbsp;", " ").replace("<br>", "\n").replace("\\n", "\n").replace("&#x27;", "'");
    let text = text.as_str();
    if text.contains("Traceback (most recent call last)") || text.contains("Werkzeug Debugger") {
        return Some("Python");
    }
    if text.contains("goroutine ") && text.contains(".go:") {
        return Some("Go");
    }
    if text.contains("Stack trace:\n#0 ") || (text.contains(".php") && text.contains("PHP Fatal error")) {
        return Some("PHP");
    }
    text.lines().find_map(|line| {
        let line = line.trim();
        let frame = line.strip_prefix("at ");
        let is_in = |frame: &str, end: &str| {
            frame.split_once(end).is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        if frame.is_some_and(|frame| [".js:", ".mjs:", ".cjs:", ".ts:"].iter().any(|end| is_in(frame, end))) {
            return Some("JavaScript");
        }
        if frame.is_some_and(|frame| is_in(frame, ".java:")) {
            return Some("Java");
        }
        (is_in(line, ".rb:") && line.contains(":in ")).then_some("Ruby")
    })
}

/// Headers and body.
fn whole_text(answer: &Answer) -> String {
    let headers = answer.response.iter().flat_map(|response| response.headers.iter());
    let lines =
        headers.map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    lines.chain([answer.body()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_each_language_are_found() {
        for (text, language) in [
            ("Error: x<br> &nbsp; &nbsp;at receive (/app/server.js:10:3)<br>", "JavaScript"),
            (r#"{"stack":"Error: x\n    at file:///app/server.mjs:3:9"}"#, "JavaScript"),
            ("<h1>x</h1><pre>Traceback (most recent call last):\n  File", "Python"),
            ("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:3", "Go"),
            ("app/controllers/hooks.rb:12:in `receive'", "Ruby"),
            ("Fatal error: Uncaught x\nStack trace:\n#0 {main}", "PHP"),
            ("java.lang.Error\n\tat app.Hook.receive(Hook.java:12)", "Java"),
        ] {
            assert_eq!(trace(text), Some(language), "{text}");
        }
        for harmless in
            ["", "look at server.js", "at noon", "Cannot GET /webhook", "error in main.go:3", "a.rb:x"]
        {
            assert_eq!(trace(harmless), None, "{harmless}");
        }
    }

    #[test]
    fn only_whole_keys_are_found() {
        assert!(has_key("key sk_live_abcdefghijklmnop", "sk_live_"));
        assert!(!has_key("set whsec_… or whsec_test", "whsec_"));
    }
}
