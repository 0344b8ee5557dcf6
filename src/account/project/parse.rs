//! The members of a project file (ours). There are four; any other is refused by its name.

use toml_edit::{Document, Item, Key, Value};

use super::{ProjectError, ProjectFile};
use crate::account::config::line;
use crate::account::profile::is_valid_name;

/// What a name has in it that stands for a secret.
const SECRET_NAMES: [&str; 5] = ["key", "secret", "token", "password", "credential"];
/// What a secret begins with.
const SECRET_MARKS: [&str; 5] = ["sk_live_", "sk_test_", "pk_live_", "pk_test_", "whsec_"];

/// `empty` with the members that `text` has.
pub(super) fn parse_members(empty: ProjectFile, text: &str) -> Result<ProjectFile, ProjectError> {
    let document = Document::parse(text).map_err(|error| {
        let line = error.span().map(|span| line(text, span.start));
        wrong(&empty, line, error.message().replace('\n', " "))
    })?;
    let mut project = empty;
    for (name, item) in document.iter() {
        let at = document.key(name).and_then(Key::span).map(|span| line(text, span.start));
        let member = Member { project: &project, name, item, at };
        member.reject_secrets()?;
        match name {
            "profile" => project.profile = Some(member.profile()?),
            "base_url" => project.base_url = Some(member.text()?),
            "forward_to" => project.forward_to = member.targets()?,
            "routes" => project.routes = member.texts()?,
            _ => {
                let known = "profile, base_url, forward_to, routes";
                return Err(member.wrong(format!("`{name}` is none of its members: {known}")));
            }
        }
    }
    Ok(project)
}

fn wrong(project: &ProjectFile, line: Option<usize>, reason: String) -> ProjectError {
    ProjectError::Wrong { path: project.path.clone(), line: line_suffix(line), reason }
}

fn line_suffix(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

struct Member<'a> {
    project: &'a ProjectFile,
    name: &'a str,
    item: &'a Item,
    at: Option<usize>,
}

impl Member<'_> {
    fn wrong(&self, reason: impl Into<String>) -> ProjectError {
        wrong(self.project, self.at, reason.into())
    }

    fn reject_secrets(&self) -> Result<(), ProjectError> {
        let name = self.name.to_ascii_lowercase();
        let named = SECRET_NAMES.iter().any(|word| name.contains(word));
        let text = self.item.to_string();
        if named || SECRET_MARKS.iter().any(|mark| text.contains(mark)) {
            let (path, member) = (self.project.path.clone(), self.name.to_owned());
            return Err(ProjectError::Secret { path, line: line_suffix(self.at), member });
        }
        Ok(())
    }

    fn text(&self) -> Result<String, ProjectError> {
        let text = self.item.as_str().map(str::trim).filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| self.wrong(format!("`{}` must be a string, and not empty", self.name)))
    }

    fn profile(&self) -> Result<String, ProjectError> {
        let name = self.text()?;
        if is_valid_name(&name) { Ok(name) } else { Err(self.wrong("`profile` is not a valid profile name")) }
    }

    /// A text, or several in brackets.
    fn texts(&self) -> Result<Vec<String>, ProjectError> {
        let Some(several) = self.item.as_array() else { return Ok(vec![self.text()?]) };
        let texts: Option<Vec<String>> =
            several.iter().map(|value: &Value| value.as_str().map(str::to_owned)).collect();
        texts.ok_or_else(|| self.wrong(format!("`{}` must be a string or a list of strings", self.name)))
    }

    /// As [`Self::texts()`], but a port may be a number: `forward_to = 3000`.
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
