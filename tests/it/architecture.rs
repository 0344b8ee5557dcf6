//! The rules of the code that no compiler checks.

mod circles;
mod files;
mod graph;
mod layers;
mod source;
mod uses;
mod words;
