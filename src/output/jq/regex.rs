//! `test`, `match`, `capture`, `scan`, `split`, `sub` and `gsub`: what jaq's definitions of them are built on.

use jaq_core::native::{Filter, bome};
use jaq_core::{Bind, Cv, Error, RunPtr, ValT as _};
use jaq_json::Val;
use regex_lite::{Captures, Regex, RegexBuilder};

use super::value::{Data, text};

/// Which parts of the text a function returns.
#[derive(Clone, Copy)]
struct Parts {
    between: bool,
    matches: bool,
}

pub(super) fn natives() -> [Filter<RunPtr<Data>>; 3] {
    let arguments = || [Bind::Var(()), Bind::Var(())].into();
    [
        ("matches", arguments(), |cv| bome(apply(cv, Parts { between: false, matches: true }))),
        ("split_matches", arguments(), |cv| bome(apply(cv, Parts { between: true, matches: true }))),
        ("split_", arguments(), |cv| bome(apply(cv, Parts { between: true, matches: false }))),
    ]
}

fn apply(mut cv: Cv<'_, Data>, parts: Parts) -> Result<Val, Error<Val>> {
    let (flags, pattern) = (cv.0.pop_var(), cv.0.pop_var());
    let (flags, subject) = (text(&flags)?, text(&cv.1)?);
    let regex = regex(text(&pattern)?, flags)?;
    let mut found = Vec::new();
    let mut end = 0;
    for captures in regex.captures_iter(subject) {
        let Some(whole) = captures.get(0) else { continue };
        if flags.contains('n') && whole.is_empty() {
            continue;
        }
        if parts.between {
            found.push(Val::from(subject[end..whole.start()].to_owned()));
            end = whole.end();
        }
        if parts.matches {
            found.push(groups(&regex, &captures, subject)?);
        }
        if !flags.contains('g') {
            break;
        }
    }
    if parts.between {
        found.push(Val::from(subject[end..].to_owned()));
    }
    Ok(found.into_iter().collect())
}

fn regex(pattern: &str, flags: &str) -> Result<Regex, Error<Val>> {
    if let Some(unknown) = flags.chars().find(|flag| !"gnimslxp".contains(*flag)) {
        return Err(Error::str(format_args!("invalid flag `{unknown}` of a regular expression")));
    }
    let is_set = |flag: &[char]| flags.contains(flag);
    RegexBuilder::new(pattern)
        .case_insensitive(is_set(&['i']))
        .multi_line(is_set(&['m', 'p']))
        .dot_matches_new_line(is_set(&['s', 'p']))
        .swap_greed(is_set(&['l']))
        .ignore_whitespace(is_set(&['x']))
        .build()
        .map_err(|error| Error::str(format_args!("invalid regular expression `{pattern}`: {error}")))
}

/// The whole match, then its groups, with offsets in characters.
fn groups(regex: &Regex, captures: &Captures<'_>, subject: &str) -> Result<Val, Error<Val>> {
    let groups = captures.iter().zip(regex.capture_names());
    groups
        .filter_map(|(group, name)| Some((group?, name)))
        .map(|(group, name)| {
            let count = |text: &str| Val::from(text.chars().count());
            let member = |name: &str, value| (Val::from(name.to_owned()), value);
            let name = name.map(|name| member("name", Val::from(name.to_owned())));
            let members = [
                member("offset", count(&subject[..group.start()])),
                member("length", count(group.as_str())),
                member("string", Val::from(group.as_str().to_owned())),
            ];
            Val::from_map(members.into_iter().chain(name))
        })
        .collect()
}
