//! Paths to set values in JSON: `ticket.tags[0]`, `ticket.tags[]`, `custom\.name`.

use std::fmt;

use super::json::Json;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member of an object, or, if it is a number, an element of an array.
    Member(String),
    /// An element of an array, from 0.
    Index(usize),
    /// A new element at the end of an array.
    Append,
}

/// At least one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

impl Path {
    /// Parses a path. `\` escapes the next character.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut chars = text.chars().peekable();
        loop {
            let mut name = String::new();
            while let Some(next) = chars.next_if(|next| !matches!(next, '.' | '[' | ']')) {
                name.push(match next {
                    '\\' => chars.next().ok_or("there is nothing after the last `\\`")?,
                    next => next,
                });
            }
            if name.is_empty() {
                return Err("a member of the path has no name".to_owned());
            }
            steps.push(Step::Member(name));
            while chars.next_if_eq(&'[').is_some() {
                let mut inside = String::new();
                while let Some(next) = chars.next_if(|next| *next != ']') {
                    inside.push(next);
                }
                chars.next().ok_or("a `[` is not closed; write `\\[` for one in a name")?;
                steps.push(index(&inside)?);
            }
            match chars.next() {
                None => return Ok(Self(steps)),
                Some('.') => {}
                Some(']') => return Err("a `]` was not opened; write `\\]` for one in a name".to_owned()),
                Some(_) => return Err("after a `]` comes a `.` or another `[`".to_owned()),
            }
        }
    }

    pub(crate) fn from_members(names: &[&str]) -> Self {
        Self(names.iter().map(|name| Step::Member((*name).to_owned())).collect())
    }

    pub(super) fn from_steps(steps: &[Step]) -> Self {
        Self(steps.to_vec())
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path without its first step, if that step is the member `name` and not the only one.
    pub(crate) fn strip_first(&self, name: &str) -> Option<Self> {
        match self.0.split_first() {
            Some((Step::Member(first), rest)) if first == name && !rest.is_empty() => {
                Some(Self(rest.to_vec()))
            }
            _ => None,
        }
    }

    /// Merges `value` into the value at this path in `root`. Creates missing members.
    ///
    /// Returns an overlay that has the same effect on the original `root`. It contains whole arrays.
    pub(crate) fn set(&self, root: &mut Json, value: Json) -> Result<Json, String> {
        let mut here = root;
        let mut outer = Vec::new();
        for (at, step) in self.0.iter().enumerate() {
            if let (Json::Array(_), rest) = (&*here, self.0.get(at..).unwrap_or_default()) {
                set_in_array(here, rest, value, &self.prefix_text(at))?;
                return Ok(wrapped(outer, here.clone()));
            }
            let Step::Member(name) = step else {
                return Err(format!("`{}` is {}, not an array", self.prefix_text(at), kind(here)));
            };
            here = member(here, name, &self.prefix_text(at))?;
            outer.push(name.clone());
        }
        here.overlay(value.clone());
        Ok(wrapped(outer, value))
    }

    /// The first member of this path that `sample` does not have, and the members that it has there.
    pub(crate) fn unknown<'a>(&'a self, sample: &'a Json) -> Option<(&'a str, Vec<&'a str>)> {
        let mut here = sample;
        for step in &self.0 {
            here = match (step, here) {
                (Step::Member(name), Json::Object(members)) => match here.get(name) {
                    Some(next) => next,
                    // An object that is empty in the sample, such as `metadata`, may have any member.
                    None if members.is_empty() => return None,
                    None => return Some((name, members.iter().map(|(name, _)| name.as_str()).collect())),
                },
                (Step::Member(name), Json::Array(items)) => items.get(name.parse::<usize>().ok()?)?,
                (Step::Index(index), Json::Array(items)) => items.get(*index)?,
                _ => return None,
            };
        }
        None
    }

    /// The first `steps` of the path, for messages.
    fn prefix_text(&self, steps: usize) -> String {
        let text = Self(self.0.iter().take(steps).cloned().collect()).to_string();
        if text.is_empty() { "data".to_owned() } else { format!("data.{text}") }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) => {
                    f.write_str(if at == 0 { "" } else { "." })?;
                    for c in name.chars() {
                        let escape = if matches!(c, '.' | '[' | ']' | '\\') { "\\" } else { "" };
                        write!(f, "{escape}{c}")?;
                    }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Append => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

fn index(inside: &str) -> Result<Step, String> {
    if inside.is_empty() {
        return Ok(Step::Append);
    }
    let digits = inside.bytes().all(|byte| byte.is_ascii_digit());
    match inside.parse() {
        Ok(index) if digits => Ok(Step::Index(index)),
        _ => Err(format!("`[{inside}]` is no index: they count from 0, and `[]` appends")),
    }
}

fn member<'a>(here: &'a mut Json, name: &str, path: &str) -> Result<&'a mut Json, String> {
    if here.is_null() {
        *here = Json::EMPTY;
    }
    let what = kind(here);
    let Json::Object(members) = here else {
        return Err(format!("`{path}` is {what}: nothing can be set below it"));
    };
    let place = members.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        members.push((name.to_owned(), Json::Scalar("null".to_owned())));
        members.len() - 1
    });
    members.get_mut(place).map(|(_, value)| value).ok_or_else(|| format!("`{path}` has no `{name}`"))
}

/// [`Path::set`] from the first array of the path on.
fn set_in_array(here: &mut Json, steps: &[Step], value: Json, path: &str) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        here.overlay(value);
        return Ok(());
    };
    if let (Json::Array(items), _) = (&mut *here, step) {
        let length = items.len();
        let place = match step {
            Step::Append => length,
            Step::Index(index) => *index,
            Step::Member(name) => match index(name) {
                Ok(Step::Index(index)) => index,
                _ => return Err(format!("`{path}` is an array: an element is named by its index, as [0]")),
            },
        };
        if matches!(step, Step::Append) {
            items.push(Json::Scalar("null".to_owned()));
        }
        let path = format!("{path}[{place}]");
        let slot = items.get_mut(place).ok_or_else(|| out_of_range(&path, length))?;
        return set_in_array(slot, rest, value, &path);
    }
    let Step::Member(name) = step else {
        return Err(format!("`{path}` is {}, not an array", kind(here)));
    };
    set_in_array(member(here, name, path)?, rest, value, &format!("{path}.{name}"))
}

fn out_of_range(path: &str, length: usize) -> String {
    match length {
        0 => format!("`{path}` is out of range: the array is empty; [] appends"),
        1 => format!("`{path}` is out of range: the array has 1 element; [] appends"),
        _ => format!(
            "`{path}` is out of range: the array has {length} elements, 0 to {}; [] appends",
            length - 1
        ),
    }
}

fn wrapped(outer: Vec<String>, value: Json) -> Json {
    outer.into_iter().rev().fold(value, |inner, name| Json::Object(vec![(name, inner)]))
}

fn kind(value: &Json) -> &'static str {
    super::members::kind(&value.to_string())
}

#[cfg(test)]
mod tests;
