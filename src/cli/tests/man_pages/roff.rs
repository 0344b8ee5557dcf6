//! Writes man pages with the few macros of man(7) that every viewer renders alike. By hand, because the crates do not
//! escape `^`, `~` and back quotes, which then cannot be copied from a terminal.

/// Linters warn about longer lines.
const WIDTH: usize = 78;

/// A page that is being written.
#[derive(Debug)]
pub(super) struct Roff {
    text: String,
    /// The last line was a heading, which begins a paragraph by itself.
    below_heading: bool,
}

impl Roff {
    /// A page with this name in this section. `date` is the day of the version, so that all builds are equal.
    pub(super) fn new(name: &str, section: u8, date: &str) -> Self {
        let title = escaped(&name.to_uppercase());
        let source = format!("cstar {}", env!("CARGO_PKG_VERSION"));
        let mut page = Self { text: String::new(), below_heading: false };
        page.line(&format!(".TH {title} {section} {date} \"{source}\" \"cStar manual\""));
        page.heading("Name");
        page
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.below_heading = line.starts_with(".SH ");
    }

    /// Begins a section.
    pub(super) fn heading(&mut self, title: &str) {
        self.line(&format!(".SH {}", escaped(&title.to_uppercase())));
    }

    /// The line that `whatis` prints.
    pub(super) fn name(&mut self, name: &str, about: &str) {
        self.text(&format!("{} \\- {}", escaped(name), escaped(about)));
    }

    /// A filled paragraph. Text in back quotes is bold.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.new_paragraph();
        self.text(&marked(text));
    }

    /// An item of a definition list: `tag` is already formatted, and each text is filled.
    pub(super) fn item(&mut self, tag: &str, texts: &[String]) {
        self.line(".TP");
        self.line(&guarded(tag));
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                self.line(".br");
            }
            self.text(&marked(text));
        }
    }

    /// An item of a bulleted or numbered list.
    pub(super) fn list_item(&mut self, marker: &str, text: &str) {
        match marker {
            "-" => self.line(".IP \\(bu 2"),
            number => self.line(&format!(".IP {number} 3")),
        }
        self.text(&marked(text));
    }

    fn new_paragraph(&mut self) {
        if !self.below_heading {
            self.line(".PP");
        }
    }

    /// Unfilled lines: tables and commands. They are indented after text.
    pub(super) fn verbatim(&mut self, lines: &[impl AsRef<str>]) {
        let indented = !self.below_heading;
        self.new_paragraph();
        if indented {
            self.line(".RS 4");
        }
        self.line(".nf");
        for line in lines {
            // Linters warn about empty lines.
            let line = line.as_ref();
            let line = if line.is_empty() { "\\&".to_owned() } else { guarded(&escaped(line)) };
            self.line(&line);
        }
        self.line(".fi");
        if indented {
            self.line(".RE");
        }
    }

    /// Formatted lines that are not joined.
    pub(super) fn lines(&mut self, lines: &[String]) {
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                self.line(".br");
            }
            self.line(&guarded(line));
        }
    }

    /// Formatted text, which is filled.
    fn text(&mut self, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&guarded(&line));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(&guarded(&line));
    }
}

/// Escapes a line that begins like a request.
fn guarded(line: &str) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() }
}

/// Escapes special characters.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            c => out.push(c),
        }
    }
    out
}

pub(super) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

pub(super) fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Text in back quotes becomes bold.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { bold(part) } else { escaped(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(write: impl FnOnce(&mut Roff)) -> String {
        let mut page = Roff { text: String::new(), below_heading: false };
        write(&mut page);
        page.into_text()
    }

    #[test]
    fn text_never_becomes_a_request() {
        let text = body(|page| page.verbatim(&["a --b 'c'", ".so x\\y", "", "'d"]));
        assert_eq!(text, ".PP\n.RS 4\n.nf\na \\-\\-b \\(aqc\\(aq\n\\&.so x\\ey\n\\&\n\\(aqd\n.fi\n.RE\n");
        assert_eq!(body(|page| page.paragraph("`.a` is. `b`")), ".PP\n\\fB.a\\fR is. \\fBb\\fR\n");
        assert_eq!(
            body(|page| page.item(&bold(".x"), &[".cstar.toml".into()])),
            ".TP\n\\fB.x\\fR\n\\&.cstar.toml\n"
        );
    }

    #[test]
    fn lines_are_kept_short() {
        let text = body(|page| page.paragraph(&"word ".repeat(100)));
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(text.matches("word").count(), 100);
    }
}
