//! Where in a JSON value something is set: `ticket.tags[0]`, `ticket.tags[]`, `custom\.name`.

use std::fmt;

use super::json::Json;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member; when it is a number and an array is there, an element.
    Member(String),
    /// An element, counted from 0.
    Index(usize),
    /// One more element at the end.
    Append,
}

/// The steps to one place; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

impl Path {
    /// Reads a path. `\` takes the meaning from the next character.
    ///
    /// # Errors
    /// What is wrong with it, in words.
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

    /// The place of a member within members.
    pub(crate) fn of_members(names: &[&str]) -> Self {
        Self(names.iter().map(|name| Step::Member((*name).to_owned())).collect())
    }

    /// The path without its first step, if that is the member `name` and more follows.
    pub(crate) fn below(&self, name: &str) -> Option<Self> {
        match self.0.split_first() {
            Some((Step::Member(first), rest)) if first == name && !rest.is_empty() => {
                Some(Self(rest.to_vec()))
            }
            _ => None,
        }
    }

    /// Puts `value` at this place of `root`, over what is there. Members that are not there are made.
    ///
    /// Gives what has to be laid over `root` as it was to get the same: arrays stand in it as a whole.
    ///
    /// # Errors
    /// Why this place cannot be, in words.
    pub(crate) fn set(&self, root: &mut Json, value: Json) -> Result<Json, String> {
        let mut here = root;
        let mut outer = Vec::new();
        for (at, step) in self.0.iter().enumerate() {
            if let (Json::Array(_), rest) = (&*here, self.0.get(at..).unwrap_or_default()) {
                below(here, rest, value, &self.shown(at))?;
                return Ok(wrapped(outer, here.clone()));
            }
            let Step::Member(name) = step else {
                return Err(format!("`{}` is {}, not an array", self.shown(at), kind(here)));
            };
            here = member(here, name, &self.shown(at))?;
            outer.push(name.clone());
        }
        here.overlay(value.clone());
        Ok(wrapped(outer, value))
    }

    /// The first member that `sample` does not have where this path expects it, with the names that are there.
    pub(crate) fn unknown<'a>(&'a self, sample: &'a Json) -> Option<(&'a str, Vec<&'a str>)> {
        let mut here = sample;
        for step in &self.0 {
            here = match (step, here) {
                (Step::Member(name), Json::Object(members)) => match here.get(name) {
                    Some(next) => next,
                    // Any name may stand in an object that is empty in the sample, such as `metadata`.
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

    /// The first `steps` of it, as they are written.
    fn shown(&self, steps: usize) -> String {
        let shown = Self(self.0.iter().take(steps).cloned().collect()).to_string();
        if shown.is_empty() { "data".to_owned() } else { format!("data.{shown}") }
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

fn member<'a>(here: &'a mut Json, name: &str, shown: &str) -> Result<&'a mut Json, String> {
    if here.is_null() {
        *here = Json::EMPTY;
    }
    let what = kind(here);
    let Json::Object(members) = here else {
        return Err(format!("`{shown}` is {what}: nothing can be set below it"));
    };
    let place = members.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        members.push((name.to_owned(), Json::Scalar("null".to_owned())));
        members.len() - 1
    });
    members.get_mut(place).map(|(_, value)| value).ok_or_else(|| format!("`{shown}` has no `{name}`"))
}

/// As [`Path::set`], from an array on.
fn below(here: &mut Json, steps: &[Step], value: Json, shown: &str) -> Result<(), String> {
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
                _ => return Err(format!("`{shown}` is an array: an element is named by its index, as [0]")),
            },
        };
        if matches!(step, Step::Append) {
            items.push(Json::Scalar("null".to_owned()));
        }
        let shown = format!("{shown}[{place}]");
        let slot = items.get_mut(place).ok_or_else(|| out_of_range(&shown, length))?;
        return below(slot, rest, value, &shown);
    }
    let Step::Member(name) = step else {
        return Err(format!("`{shown}` is {}, not an array", kind(here)));
    };
    below(member(here, name, shown)?, rest, value, &format!("{shown}.{name}"))
}

fn out_of_range(shown: &str, length: usize) -> String {
    match length {
        0 => format!("`{shown}` is out of range: the array is empty; [] appends"),
        1 => format!("`{shown}` is out of range: the array has 1 element; [] appends"),
        _ => format!(
            "`{shown}` is out of range: the array has {length} elements, 0 to {}; [] appends",
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
