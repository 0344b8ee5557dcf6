//! The command line as a shell passes it, and candidates in the format of that shell.

use std::ffi::OsString;

use crate::args::shell::Shell;
use crate::output::sanitize::sanitize;

/// The words of a line, without quotes, and which of them the cursor is in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    shell: Shell,
    words: Vec<String>,
    place: usize,
    /// The beginning of the current word that bash keeps: it replaces only what follows the last `=` or `:`.
    kept: String,
}

impl Line {
    /// Reads `words`; `None` if there is nothing to complete.
    pub(super) fn read(shell: Shell, words: &[OsString], place: usize) -> Option<Self> {
        let mut words: Vec<String> =
            words.iter().map(|word| word.to_str().map(str::to_owned)).collect::<Option<_>>()?;
        // What follows the cursor does not count. An empty word at the end may be missing.
        words.truncate(place.saturating_add(1));
        if words.len() == place {
            words.push(String::new());
        }
        let (words, kept) = match shell {
            Shell::Bash => joined(&words),
            _ => (words, String::new()),
        };
        // With only the name of the program there is nothing to complete.
        let place = words.len().checked_sub(1).filter(|place| *place > 0)?;
        Some(Self { shell, words, place, kept })
    }

    /// The words up to the cursor, the name of the program first.
    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    /// Which word the cursor is in: the last.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// The word the cursor is in.
    pub(super) fn current(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    /// A candidate in the format of the shell; `None` for one that cannot be passed safely.
    pub(super) fn answer(&self, value: &str, help: &str) -> Option<String> {
        if value.is_empty() || value.chars().any(char::is_control) {
            return None;
        }
        let help = sanitize(help);
        Some(match self.shell {
            Shell::Bash => escaped(value.strip_prefix(&self.kept).unwrap_or(value)),
            Shell::Zsh => described(&value.replace('\\', "\\\\").replace(':', "\\:"), ':', &help),
            Shell::Fish | Shell::Elvish => described(value, '\t', &help),
            Shell::Powershell => described(&quoted(value), '\t', &help),
        })
    }
}

fn described(value: &str, between: char, help: &str) -> String {
    if help.is_empty() { value.to_owned() } else { format!("{value}{between}{help}") }
}

/// bash splits words at `=`, `:` and `@` and keeps quotes. Undoes both. The second part is the beginning of the last
/// word, up to the last split.
fn joined(words: &[String]) -> (Vec<String>, String) {
    let mut whole: Vec<String> = Vec::new();
    let mut continues = false;
    let mut kept = 0;
    for word in words {
        let is_cut = !word.is_empty() && word.chars().all(|c| matches!(c, '=' | ':' | '@'));
        let word = unquoted(word);
        let is_first = whole.len() <= 1;
        match whole.last_mut() {
            // The name of the program and what follows it are never one word, nor are a flag and an `@`.
            Some(last)
                if (is_cut || continues)
                    && !is_first
                    && !(word.starts_with('@') && last.starts_with('-') && !last.contains('=')) =>
            {
                if is_cut {
                    last.push_str(&word);
                }
                // An `@` is replaced together with what follows it.
                kept = last.strip_suffix('@').unwrap_or(last).len();
                if !is_cut {
                    last.push_str(&word);
                }
            }
            _ => {
                kept = 0;
                whole.push(word);
            }
        }
        continues = is_cut;
    }
    let kept = whole.last().and_then(|last| last.get(..kept)).unwrap_or_default().to_owned();
    (whole, kept)
}

/// Removes quotes and backslashes. A quote may still be open.
fn unquoted(word: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => out.extend(chars.next()),
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (c, _) => out.push(c),
        }
    }
    out
}

/// Escaped for bash.
fn escaped(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_./:=@%+,~-".contains(c);
    value.chars().flat_map(|c| (!plain(c)).then_some('\\').into_iter().chain([c])).collect()
}

/// Quoted for PowerShell.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_./:=+*-\\~".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(shell: Shell, words: &[&str]) -> Line {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Line::read(shell, &words, words.len() - 1).unwrap()
    }

    #[test]
    fn bash_gets_the_part_it_replaces() {
        for (words, whole, answer) in [
            (&["cstar", "listen", "--events", "=", "tick"][..], "--events=tick", "ticket.created"),
            (&["cstar", "listen", "--events", "="], "--events=", "ticket.created"),
            (&["cstar", "listen", "--ev"], "--ev", "--events=ticket.created"),
        ] {
            let line = line(Shell::Bash, words);
            assert_eq!(line.current(), whole);
            assert_eq!(line.answer("--events=ticket.created", "help").unwrap(), answer, "{words:?}");
        }
        let route = line(Shell::Bash, &["cstar", "listen", "--route", "tick"]);
        assert_eq!(route.answer("ticket.*=", "").unwrap(), "ticket.\\*=");
    }

    #[test]
    fn bash_words_are_one_again() {
        let words = ["cstar", "listen", "-f", "http", ":", "//localhost", ":", "3000/a", "--ev"];
        assert_eq!(
            line(Shell::Bash, &words).words(),
            ["cstar", "listen", "-f", "http://localhost:3000/a", "--ev"]
        );
        let words = ["./cstar", "trigger", "x", "--data", "@", "bo"];
        let at = line(Shell::Bash, &words);
        assert_eq!(at.words(), ["./cstar", "trigger", "x", "--data", "@bo"]);
        assert_eq!(at.answer("@body.json", "").unwrap(), "@body.json");
        let words = ["cstar", "--profile", "me", "@", "home", "trigger", "--data", "=@", "bo"];
        let at = line(Shell::Bash, &words);
        assert_eq!(at.words(), ["cstar", "--profile", "me@home", "trigger", "--data=@bo"]);
        assert_eq!(at.answer("--data=@body.json", "").unwrap(), "@body.json");
        assert_eq!(line(Shell::Bash, &["cstar", "verify", "'my f"]).current(), "my f");
        assert_eq!(line(Shell::Bash, &["cstar", "verify", "my\\ f"]).current(), "my f");
        assert_eq!(line(Shell::Bash, &["cstar", "verify", "m"]).answer("my file", "").unwrap(), "my\\ file");
    }

    #[test]
    fn each_shell_gets_its_own_form() {
        for (shell, wanted) in [
            (Shell::Bash, "a:b\\ c"),
            (Shell::Zsh, "a\\:b c:why: so"),
            (Shell::Fish, "a:b c\twhy: so"),
            (Shell::Elvish, "a:b c\twhy: so"),
            (Shell::Powershell, "'a:b c'\twhy: so"),
        ] {
            assert_eq!(line(shell, &["cstar", ""]).answer("a:b c", "why: so").unwrap(), wanted);
        }
    }

    #[test]
    fn candidates_are_safe_for_shells() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Powershell, Shell::Elvish] {
            assert_eq!(line(shell, &["cstar", ""]).answer("a\nb", ""), None);
            assert!(!line(shell, &["cstar", ""]).answer("a", "\u{1b}[2Jb\n").unwrap().contains('\u{1b}'));
        }
        assert_eq!(line(Shell::Bash, &["cstar", ""]).answer("$(id)`x`", "").unwrap(), "\\$\\(id\\)\\`x\\`");
    }

    #[test]
    fn the_cursor_may_be_anywhere() {
        let words: Vec<OsString> = ["cstar", "tri", "--sandbox"].map(OsString::from).to_vec();
        assert_eq!(Line::read(Shell::Zsh, &words, 1).unwrap().current(), "tri");
        assert_eq!(Line::read(Shell::Powershell, &words, 3).unwrap().current(), "");
        assert_eq!(Line::read(Shell::Zsh, &words, 0), None);
        assert_eq!(Line::read(Shell::Zsh, &[], 7), None);
    }
}
