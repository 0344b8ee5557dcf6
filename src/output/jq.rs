//! `--jq`: programs in the language of jq, applied to the JSON that a command prints.
//!
//! A program only computes: it reads no files, no environment and no further input, and cannot end the process.

mod format;
mod functions;
mod regex;
mod time;
mod value;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jaq_core::load::{self, Arena, File, Loader, parse};
use jaq_core::{Compiler, Ctx, Filter, Vars};
use serde_json::Value;

use super::body::{self, Bounds};
use super::{Exit, Failure, Output, json};
use value::{Data, to_val, to_value};

/// A compiled program. As an argument of clap, a program that cannot be compiled is a usage error with its position.
#[derive(Clone)]
pub(crate) struct JqProgram(Arc<Filter<Data>>);

impl fmt::Debug for JqProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JqProgram")
    }
}

impl FromStr for JqProgram {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let arena = Arena::default();
        let program = File { code: text, path: () };
        let modules = Loader::new(functions::definitions())
            .load(&arena, program)
            .map_err(|errors| first(&errors, |(_, error)| load_error(text, error)))?;
        let compiler = Compiler::default().with_funs(functions::natives());
        let filter = compiler
            .compile(modules)
            .map_err(|errors| first(&errors, |(_, undefined)| undefined_name(text, undefined)))?;
        Ok(Self(Arc::new(filter)))
    }
}

impl JqProgram {
    /// Applies the program to `input` and hands every result to `each`, one by one, because there may be endlessly
    /// many.
    ///
    /// # Errors
    /// An error that the program raised, and those of `each`.
    pub(crate) fn apply(
        &self,
        input: &Value,
        mut each: impl FnMut(Value) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let context = Ctx::<Data>::new(&self.0.lut, Vars::new([]));
        for result in self.0.id.run((context, to_val(input))) {
            match result.map_err(jaq_core::Exn::get_err) {
                Ok(result) => each(to_value(&result))?,
                Err(Ok(error)) => return Err(Failure::new(Exit::Failed, format!("--jq: {}", raised(error)))),
                // `halt`, which is not among the functions.
                Err(Err(_)) => break,
            }
        }
        Ok(())
    }
}

impl Output {
    /// Prints the results of `program` for `input`: strings as they are, everything else as JSON on one line, or
    /// indented on a terminal.
    pub(crate) fn jq(&mut self, program: &JqProgram, input: &Value) -> Result<(), Failure> {
        program.apply(input, |result| self.jq_result(&result))
    }

    /// Prints one result of a program. A terminal gets strings with escaped control characters.
    pub(crate) fn jq_result(&mut self, result: &Value) -> Result<(), Failure> {
        let printed = match result {
            Value::String(text) if self.stdout_is_terminal() => {
                self.data(&super::sanitize::escape_lines(text))
            }
            Value::String(text) => self.bytes(format!("{text}\n").as_bytes()),
            other if self.stdout_is_terminal() => {
                let lines = body::lines(other.to_string().as_bytes(), &Bounds::default());
                lines.iter().try_for_each(|line| self.data(line))
            }
            other => self.data(&json::line(other)?),
        };
        Ok(printed?)
    }
}

/// What `error(…)` was called with, or what the interpreter reports.
fn raised(error: jaq_json::Error) -> String {
    match to_value(&error.into_val()) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn first<P, E>(errors: &[P], message: impl Fn(&P) -> Option<E>) -> E
where
    E: From<&'static str>,
{
    errors.iter().find_map(message).unwrap_or_else(|| "the program is not valid".into())
}

fn load_error(program: &str, error: &load::Error<&str>) -> Option<String> {
    match error {
        load::Error::Io(modules) => {
            let (path, _) = modules.first()?;
            Some(format!("{}: programs cannot load modules", position(program, path)))
        }
        load::Error::Lex(errors) => {
            let (expected, at) = errors.first()?;
            Some(format!("{}: expected {}, found {}", position(program, at), expected.as_str(), quoted(at)))
        }
        load::Error::Parse(errors) => {
            let (expected, found) = errors.first()?;
            let expected = match expected {
                parse::Expect::Nothing => "the end of the program",
                other => other.as_str(),
            };
            Some(format!("{}: expected {expected}, found {}", position(program, found), quoted(found)))
        }
    }
}

fn undefined_name(program: &str, errors: &[jaq_core::compile::Error<&str>]) -> Option<String> {
    use jaq_core::compile::Undefined;
    let (name, kind) = errors.first()?;
    let position = position(program, name);
    Some(match kind {
        Undefined::Filter(0) => format!("{position}: unknown function `{name}`"),
        Undefined::Filter(1) => format!("{position}: unknown function `{name}` with 1 argument"),
        Undefined::Filter(count) => format!("{position}: unknown function `{name}` with {count} arguments"),
        other => format!("{position}: unknown {} `{name}`", other.as_str()),
    })
}

/// Where `part` of `program` begins, counted in characters from 1.
fn position(program: &str, part: &str) -> String {
    let before = program.get(..load::span(program, part).start).unwrap_or(program);
    format!("at character {}", before.chars().count() + 1)
}

fn quoted(found: &str) -> String {
    match found.chars().take(20).collect::<String>() {
        empty if empty.is_empty() => "the end".to_owned(),
        text => format!("`{text}`"),
    }
}

#[cfg(test)]
#[path = "jq/tests.rs"]
mod tests;
