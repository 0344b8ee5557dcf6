//! The six members of a project file (ours). Any other is an error.

use std::path::Path;

use toml_edit::{Document, Item, Key, Value};

use super::error::ProjectError;
use crate::account::config::line;
use crate::account::profile::is_valid_name;
use crate::secret::prefixes;

/// Parts of member names that suggest a secret.
const SECRET_NAMES: [&str; 5] = ["key", "secret", "token", "password", "credential"];

/// What a project file asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProjectMembers {
    pub(crate) profile: Option<String>,
    pub(crate) base_url: Option<String>,
    /// Whether the sandbox is used instead of cStar.
    pub(crate) sandbox: bool,
    pub(crate) forward_to: Vec<String>,
    /// Each is `PATTERN=TARGET`.
    pub(crate) routes: Vec<String>,
    /// Commands that events are delivered to.
    pub(crate) exec: Vec<String>,
}

impl ProjectMembers {
    /// Reads `text`, the content of the file at `path`.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ProjectError> {
        let document = Document::parse(text).map_err(|error| {
            let line = error.span().map(|span| line(text, span.start));
            wrong(path, line, error.message().replace('\n', " "))
        })?;
        let mut members = Self::default();
        for (name, item) in document.iter() {
            let at = document.key(name).and_then(Key::span).map(|span| line(text, span.start));
            let member = Member { path, name, item, at };
            member.reject_secrets()?;
            match name {
                "profile" => members.profile = Some(member.profile()?),
                "base_url" => members.base_url = Some(member.text()?),
                "sandbox" => members.sandbox = member.switch()?,
                "forward_to" => members.forward_to = member.targets()?,
                "routes" => members.routes = member.texts()?,
                "exec" => members.exec = member.texts()?,
                _ => {
                    let known = "profile, base_url, sandbox, forward_to, routes, exec";
                    return Err(member.wrong(format!("unknown member `{name}`, expected one of: {known}")));
                }
            }
        }
        Ok(members)
    }

    /// The values, each with the name of its member.
    pub(crate) fn to_list(&self) -> Vec<(&'static str, &str)> {
        let singles = [("profile", &self.profile), ("base_url", &self.base_url)];
        let singles = singles.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let sandbox = self.sandbox.then_some(("sandbox", "true"));
        let lists = [("forward_to", &self.forward_to), ("routes", &self.routes), ("exec", &self.exec)];
        let lists =
            lists.into_iter().flat_map(|(name, values)| values.iter().map(move |v| (name, v.as_str())));
        singles.chain(sandbox).chain(lists).collect()
    }
}

fn wrong(path: &Path, line: Option<usize>, reason: String) -> ProjectError {
    ProjectError::Wrong { path: path.to_owned(), line: line_suffix(line), reason }
}

fn line_suffix(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

struct Member<'a> {
    path: &'a Path,
    name: &'a str,
    item: &'a Item,
    at: Option<usize>,
}

impl Member<'_> {
    fn wrong(&self, reason: impl Into<String>) -> ProjectError {
        wrong(self.path, self.at, reason.into())
    }

    fn reject_secrets(&self) -> Result<(), ProjectError> {
        let name = self.name.to_ascii_lowercase();
        let named = SECRET_NAMES.iter().any(|word| name.contains(word));
        let text = self.item.to_string();
        if named || prefixes::all().any(|prefix| text.contains(prefix)) {
            let (path, member) = (self.path.to_owned(), self.name.to_owned());
            return Err(ProjectError::Secret { path, line: line_suffix(self.at), member });
        }
        Ok(())
    }

    fn text(&self) -> Result<String, ProjectError> {
        let text = self.item.as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| self.wrong(format!("`{}` must be a string, and not empty", self.name)))
    }

    fn switch(&self) -> Result<bool, ProjectError> {
        self.item.as_bool().ok_or_else(|| {
            self.wrong(format!("`{}` must be true or false; `base_url` holds its address", self.name))
        })
    }

    fn profile(&self) -> Result<String, ProjectError> {
        let name = self.text()?;
        if is_valid_name(&name) { Ok(name) } else { Err(self.wrong("`profile` is not a valid profile name")) }
    }

    /// A string, or an array of strings.
    fn texts(&self) -> Result<Vec<String>, ProjectError> {
        let Some(several) = self.item.as_array() else { return Ok(vec![self.text()?]) };
        let texts: Option<Vec<String>> =
            several.iter().map(|value: &Value| value.as_str().map(str::to_owned)).collect();
        texts.ok_or_else(|| self.wrong(format!("`{}` must be a string or a list of strings", self.name)))
    }

    /// Like [`Self::texts()`], but a port can be a number: `forward_to = 3000`.
    fn targets(&self) -> Result<Vec<String>, ProjectError> {
        let target = |value: &Value| match value {
            Value::Integer(port) => match *port.value() {
                port @ 1..=65_535 => Ok(port.to_string()),
                other => Err(self.wrong(format!("`{}`: {other} is not a port (1 to 65535)", self.name))),
            },
            Value::String(text) => Ok(text.value().to_owned()),
            _ => Err(self.wrong(format!("`{}` must be a port, a URL or a list of them", self.name))),
        };
        match self.item.as_value() {
            Some(Value::Array(several)) => several.iter().map(target).collect(),
            Some(Value::String(_)) => self.texts(),
            Some(one) => Ok(vec![target(one)?]),
            None => self.texts(),
        }
    }
}
