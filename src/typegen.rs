//! Writes the types of events in a language, from their shapes: one type for each event type, all of them as a union
//! with `type` as its tag, and an open variant for the types of the future.
//!
//! Documented members are exact. Modelled members are guesses: optional, and in objects that may have others.

mod go;
mod json_schema;
mod python;
mod rust;
mod structs;
#[cfg(test)]
mod tests;
mod typescript;
mod words;
mod zod;

use crate::event::shape::EventShape;

/// A language that types are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    TypeScript,
    Zod,
    JsonSchema,
    Rust,
    Python,
    Go,
}

impl Language {
    pub(crate) const ALL: [Self; 6] =
        [Self::TypeScript, Self::Zod, Self::JsonSchema, Self::Rust, Self::Python, Self::Go];

    /// As on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TypeScript => "typescript",
            Self::Zod => "zod",
            Self::JsonSchema => "json-schema",
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Go => "go",
        }
    }

    /// What the output needs, for its help.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::TypeScript => "types and a type guard, no dependency",
            Self::Zod => "schemas for zod 4, with their types",
            Self::JsonSchema => "one schema, draft 2020-12",
            Self::Rust => "types for serde and serde_json",
            Self::Python => "dataclasses and a parser for Python 3.10, no dependency",
            Self::Go => "structs and a parser, no dependency",
        }
    }
}

/// The whole file. `command` is the command line that wrote it, for its first line.
pub(crate) fn generate(language: Language, events: &[EventShape], command: &str) -> String {
    match language {
        Language::TypeScript => typescript::file(events, command),
        Language::Zod => zod::file(events, command),
        Language::JsonSchema => json_schema::file(events, command),
        Language::Rust => rust::file(events, command),
        Language::Python => python::file(events, command),
        Language::Go => go::file(events, command),
    }
}
