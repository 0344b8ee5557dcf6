//! The invocations of `cstar` in a shell script: enough of a shell for the scripts of our own pages.

use std::iter::Peekable;
use std::str::Chars;

/// The words of every invocation of `cstar` in `text`, also inside `$(…)`, pipes and lists.
pub(super) fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let text = text.replace("\\\n", " ");
    read(&mut text.chars().peekable(), false, &mut found);
    found
}

/// One simple command as it is read.
#[derive(Default)]
struct Command {
    words: Vec<String>,
    word: Option<String>,
    /// The next word is the file of a redirection.
    to_file: bool,
}

impl Command {
    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if !std::mem::take(&mut self.to_file) {
            self.words.push(word);
        }
    }

    /// Redirections such as `2>`: the number is not a word.
    fn redirect(&mut self) {
        if self.word.as_ref().is_some_and(|word| word.chars().all(|c| c.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        self.to_file = true;
    }

    fn end(&mut self, found: &mut Vec<Vec<String>>) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        let before = |word: &&String| {
            matches!(word.as_str(), "if" | "!" | "until" | "while" | "do" | "then" | "eval" | "source")
                || word
                    .split_once('=')
                    .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        };
        let skipped = words.iter().take_while(before).count();
        if words.get(skipped).is_some_and(|word| word == "cstar") {
            found.push(words[skipped..].to_vec());
        }
    }
}

/// Reads to the end, or to the bracket that closes.
fn read(chars: &mut Peekable<Chars<'_>>, inside: bool, found: &mut Vec<Vec<String>>) {
    let mut command = Command::default();
    while let Some(c) = chars.next() {
        match c {
            ')' if inside => break,
            '\'' => {
                command.word.get_or_insert_default();
                chars.by_ref().take_while(|c| *c != '\'').for_each(|c| command.push(c));
            }
            '"' => double_quoted(chars, &mut command, found),
            '\\' => chars.next().into_iter().for_each(|c| command.push(c)),
            '$' | '<' if chars.peek() == Some(&'(') => {
                chars.next();
                read(chars, true, found);
                command.push('x');
            }
            '$' => variable(chars, &mut command),
            // A group in brackets, as elvish has it too.
            '(' => read(chars, true, found),
            '#' if command.word.is_none() => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                command.end(found);
            }
            // `2>&1`
            '&' if command.to_file => {}
            '\n' | ';' | '|' | '&' => command.end(found),
            '>' | '<' => command.redirect(),
            c if c.is_whitespace() => command.end_word(),
            c => command.push(c),
        }
    }
    command.end(found);
}

fn double_quoted(chars: &mut Peekable<Chars<'_>>, command: &mut Command, found: &mut Vec<Vec<String>>) {
    command.word.get_or_insert_default();
    while let Some(c) = chars.next() {
        match c {
            '"' => return,
            '\\' => chars.next().into_iter().for_each(|c| command.push(c)),
            '$' if chars.peek() == Some(&'(') => {
                chars.next();
                read(chars, true, found);
                command.push('x');
            }
            '$' => variable(chars, command),
            c => command.push(c),
        }
    }
}

/// What it holds is not known: any word.
fn variable(chars: &mut Peekable<Chars<'_>>, command: &mut Command) {
    while chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_').is_some() {}
    command.push('x');
}

#[test]
fn invocations_are_found_in_any_script() {
    for (text, wanted) in [
        ("cstar a 'b c' \"d $(cstar e | jq)\" > f 2>&1 &", &["cstar e", "cstar a|b c|d x"][..]),
        ("X=$(cstar a); if ! cstar b; then cstar c; fi", &["cstar a", "cstar b", "cstar c"]),
        ("A=1 B=\"$C\" cstar a | grep cstar # cstar no", &["cstar a"]),
        ("source <(cstar a bash)\neval (cstar b | slurp)", &["cstar a|bash", "cstar b"]),
        ("echo cstar a\n./cstar b", &[]),
        ("cstar a \\\n  --b c\\ d 2> e", &["cstar a|--b|c d"]),
        ("for a in $(cstar b); do cstar c $a \"$D_1/e\"; done", &["cstar b", "cstar c|x|x/e"]),
    ] {
        let shown: Vec<String> =
            commands(text).iter().map(|words| words.join("|").replacen('|', " ", 1)).collect();
        assert_eq!(shown, wanted, "{text}");
    }
}
