//! The JSON that a signer may have signed: the right one with some mistakes.

use super::{Cause, CustomerIdentity};

#[derive(Clone, Debug)]
enum Token {
    Text(String),
    /// A number or `null`.
    Plain(String),
}

/// How the parts of the JSON are separated.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Compact,
    /// As Python's `json.dumps` does by default.
    Spaced,
    /// Spaces after colons only.
    Colons,
    Indented(usize),
}

/// How non-ASCII characters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NonAscii {
    Plain,
    Lower,
    Upper,
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    members: Vec<(&'static str, Token)>,
    layout: Layout,
    newline: bool,
    non_ascii: NonAscii,
    slashes: bool,
    html: bool,
}

/// One mistake in a draft.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
    ExternalIdNumber,
    IdMember,
    TimestampTimes1000,
    TimestampText,
    TimestampLeftOut,
    NameLeftOut,
    NameEmpty,
    NameNull,
    Swap(&'static str, &'static str),
    /// The permutation with this number.
    Order(usize),
    Spaced,
    Colons,
    Indented(usize),
    Newline,
    NonAsciiLower,
    NonAsciiUpper,
    Slashes,
    Html,
}

/// Each group has at most one mistake. The order matters: the members are sorted differently after they are chosen.
pub(super) fn groups() -> Vec<Vec<Edit>> {
    use Edit as E;
    vec![
        vec![E::Swap("email", "externalId"), E::Swap("email", "name"), E::Swap("externalId", "name")],
        vec![E::ExternalIdNumber],
        vec![E::IdMember],
        vec![E::TimestampTimes1000],
        vec![E::TimestampText, E::TimestampLeftOut],
        vec![E::NameLeftOut, E::NameEmpty, E::NameNull],
        (1..24).map(E::Order).collect(),
        vec![E::Spaced, E::Colons, E::Indented(2), E::Indented(4)],
        vec![E::Newline],
        vec![E::NonAsciiLower, E::NonAsciiUpper],
        vec![E::Slashes],
        vec![E::Html],
    ]
}

impl Edit {
    pub(super) fn cause(self) -> Cause {
        match self {
            Self::ExternalIdNumber => Cause::ExternalIdNumber,
            Self::IdMember => Cause::IdMember,
            Self::TimestampTimes1000 => Cause::TimestampInMilliseconds,
            Self::TimestampText => Cause::TimestampText,
            Self::TimestampLeftOut => Cause::TimestampLeftOut,
            Self::NameLeftOut => Cause::NameLeftOut,
            Self::NameEmpty => Cause::NameEmpty,
            Self::NameNull => Cause::NameNull,
            Self::Swap(..) => Cause::ValuesSwapped,
            Self::Order(_) => Cause::MembersUnsorted,
            Self::Spaced | Self::Colons | Self::Indented(_) => Cause::JsonSpaces,
            Self::Newline => Cause::JsonNewline,
            Self::NonAsciiLower | Self::NonAsciiUpper => Cause::NonAsciiEscaped,
            Self::Slashes => Cause::SlashesEscaped,
            Self::Html => Cause::HtmlEscaped,
        }
    }
}

impl Draft {
    pub(super) fn new(customer: &CustomerIdentity) -> Self {
        let mut members = vec![
            ("email", Token::Text(customer.email.clone())),
            ("externalId", Token::Text(customer.external_id.clone())),
        ];
        members.extend(customer.name.clone().map(|name| ("name", Token::Text(name))));
        members.push(("timestamp", Token::Plain(customer.timestamp.to_string())));
        Self {
            members,
            layout: Layout::Compact,
            newline: false,
            non_ascii: NonAscii::Plain,
            slashes: false,
            html: false,
        }
    }

    /// The draft with this mistake; `None` if it would be the same or is not possible.
    pub(super) fn with(&self, edit: Edit) -> Option<Self> {
        let mut draft = self.clone();
        match edit {
            Edit::ExternalIdNumber => {
                let (Token::Text(text), token) = (self.get("externalId")?, draft.get_mut("externalId")?)
                else {
                    return None;
                };
                let number: i64 = text.parse().ok()?;
                *token = Token::Plain(number.to_string());
            }
            Edit::IdMember => draft.members.iter_mut().find(|(name, _)| *name == "externalId")?.0 = "id",
            Edit::TimestampTimes1000 => {
                let Token::Plain(digits) = draft.get_mut("timestamp")? else { return None };
                digits.push_str("000");
            }
            Edit::TimestampText => {
                let Token::Plain(digits) = self.get("timestamp")? else { return None };
                *draft.get_mut("timestamp")? = Token::Text(digits.clone());
            }
            Edit::TimestampLeftOut => draft.remove("timestamp")?,
            Edit::NameLeftOut => draft.remove("name")?,
            Edit::NameEmpty => draft.add_name(Token::Text(String::new()))?,
            Edit::NameNull => draft.set_name(Token::Plain("null".to_owned())),
            Edit::Swap(one, other) => {
                let (first, second) = (self.get(one)?.clone(), self.get(other)?.clone());
                *draft.get_mut(one)? = second;
                *draft.get_mut(other)? = first;
            }
            Edit::Order(number) => draft.members = permuted(&self.members, number)?,
            Edit::Spaced => draft.layout = Layout::Spaced,
            Edit::Colons => draft.layout = Layout::Colons,
            Edit::Indented(by) => draft.layout = Layout::Indented(by),
            Edit::Newline => draft.newline = true,
            Edit::NonAsciiLower => draft.non_ascii = NonAscii::Lower,
            Edit::NonAsciiUpper => draft.non_ascii = NonAscii::Upper,
            Edit::Slashes => draft.slashes = true,
            Edit::Html => draft.html = true,
        }
        Some(draft)
    }

    fn get(&self, name: &str) -> Option<&Token> {
        self.members.iter().find(|(member, _)| *member == name).map(|(_, token)| token)
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Token> {
        self.members.iter_mut().find(|(member, _)| *member == name).map(|(_, token)| token)
    }

    fn remove(&mut self, name: &str) -> Option<()> {
        let at = self.members.iter().position(|(member, _)| *member == name)?;
        self.members.remove(at);
        Some(())
    }

    /// Adds a name where there is none.
    fn add_name(&mut self, token: Token) -> Option<()> {
        self.get("name").is_none().then(|| self.set_name(token))
    }

    fn set_name(&mut self, token: Token) {
        match self.get_mut("name") {
            Some(name) => *name = token,
            None => {
                let at = self.members.iter().position(|(name, _)| *name == "timestamp");
                self.members.insert(at.unwrap_or(self.members.len()), ("name", token));
            }
        }
    }

    pub(super) fn render(&self) -> String {
        let (open, between, colon, close) = match self.layout {
            Layout::Compact => (String::new(), ",".to_owned(), ":", String::new()),
            Layout::Spaced => (String::new(), ", ".to_owned(), ": ", String::new()),
            Layout::Colons => (String::new(), ",".to_owned(), ": ", String::new()),
            Layout::Indented(by) => {
                let indent = " ".repeat(by);
                (format!("\n{indent}"), format!(",\n{indent}"), ": ", "\n".to_owned())
            }
        };
        let member = |(name, token): &(&str, Token)| match token {
            Token::Text(text) => format!("\"{name}\"{colon}{}", self.quoted(text)),
            Token::Plain(text) => format!("\"{name}\"{colon}{text}"),
        };
        let members: Vec<String> = self.members.iter().map(member).collect();
        let end = if self.newline { "\n" } else { "" };
        format!("{{{open}{}{close}}}{end}", members.join(&between))
    }

    fn quoted(&self, text: &str) -> String {
        let quoted = serde_json::Value::from(text).to_string();
        if !self.slashes && !self.html && self.non_ascii == NonAscii::Plain {
            return quoted;
        }
        let mut out = String::with_capacity(quoted.len());
        for c in quoted.chars() {
            match c {
                '/' if self.slashes => out.push_str("\\/"),
                '<' | '>' | '&' if self.html => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c if !c.is_ascii() && self.non_ascii != NonAscii::Plain => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        out.push_str(&match self.non_ascii {
                            NonAscii::Upper => format!("\\u{unit:04X}"),
                            _ => format!("\\u{unit:04x}"),
                        });
                    }
                }
                c => out.push(c),
            }
        }
        out
    }
}

/// The permutation `number` of `members`, in factorial base; `None` if there are fewer.
fn permuted<T: Clone>(members: &[T], number: usize) -> Option<Vec<T>> {
    let mut rest = members.to_vec();
    let mut all: usize = (1..=rest.len()).product();
    if number == 0 || number >= all {
        return None;
    }
    let (mut number, mut out) = (number, Vec::with_capacity(rest.len()));
    while !rest.is_empty() {
        all /= rest.len();
        out.push(rest.remove(number / all));
        number %= all;
    }
    Some(out)
}
