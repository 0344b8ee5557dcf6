//! `--data` and `--set`: the object that is merged into the sample's `data`.

use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};

use crate::commands::input;
use crate::event::{Json, Path};
use crate::host::text;
use crate::ops::trigger::{self, Overlay};
use crate::output::Failure;
use crate::output::format::pluralize;
use crate::output::sanitize::escape;

/// Maximum remarks about `--data`: an unrelated document would cause many.
const MOST_REMARKS: usize = 5;

/// The object of both flags for each event type.
pub(super) struct Overlays {
    /// Without an entry when neither flag is given.
    by_type: HashMap<&'static str, Json>,
    remarks: Vec<String>,
}

impl Overlays {
    /// The object to merge into the sample of this type.
    pub(super) fn of(&self, event: &str) -> Option<&Json> {
        self.by_type.get(event)
    }

    /// Warnings about members that may be mistyped.
    pub(super) fn remarks(&self) -> &[String] {
        &self.remarks
    }
}

/// Reads both flags for all event types.
pub(super) fn overlays(
    data: Option<&str>,
    sets: &[String],
    events: &[&'static str],
) -> Result<Overlays, Failure> {
    let data = data.map(read).transpose()?;
    let sets = sets.iter().map(|set| Ok((set, assignment(set)?))).collect::<Result<Vec<_>, Failure>>()?;
    let mut overlays = Overlays { by_type: HashMap::new(), remarks: Vec::new() };
    if data.is_none() && sets.is_empty() {
        return Ok(overlays);
    }
    let mut unknown = vec![None; sets.len()];
    let mut unlike = Vec::new();
    let mut types = events.to_vec();
    types.sort_unstable();
    types.dedup();
    for name in &types {
        let data = data.clone().unwrap_or(Json::EMPTY);
        unlike.push((*name, strangers(&data, &trigger::sample(name))));
        let mut overlay = Overlay::new(name, data);
        for ((set, (path, value)), unknown) in sets.iter().zip(&mut unknown) {
            let missing = path.unknown(overlay.whole()).map(|(member, known)| {
                remark(&format!("--set `{}` adds `{}`", escape(set), escape(member)), name, member, &known)
            });
            let (said, count) = unknown.take().unwrap_or((None, 0));
            *unknown = Some((said.or(missing.clone()), count + usize::from(missing.is_some())));
            overlay.set(path, value.clone()).map_err(|why| {
                Failure::usage(format!("could not use --set `{}` for {name}: {why}", escape(set)))
                    .hint(format!("`cstar events show {name}` prints the sample"))
            })?;
        }
        overlays.by_type.insert(name, overlay.into_json());
    }
    // A member that one of the types has is not mistyped.
    let of_none = unknown.into_iter().flatten().filter(|(_, count)| *count == types.len());
    overlays.remarks = data_remarks(&unlike);
    overlays.remarks.extend(of_none.filter_map(|(said, _)| said));
    Ok(overlays)
}

/// A member that the sample does not have: its path, and the names that the sample has there.
type Stranger = (Vec<String>, Vec<String>);

/// The outermost members of `over` that `sample` does not have.
fn strangers(over: &Json, sample: &Json) -> Vec<Stranger> {
    let (mut found, mut rest) = (Vec::new(), vec![(Vec::new(), over, sample)]);
    while let Some((path, over, sample)) = rest.pop() {
        let (Json::Object(over), Json::Object(known)) = (over, sample) else { continue };
        for (name, value) in over {
            let path: Vec<String> = path.iter().chain([name]).cloned().collect();
            match sample.get(name) {
                Some(sample) => rest.push((path, value, sample)),
                // An object that is empty in the sample accepts any name, such as `metadata`.
                None if known.is_empty() => {}
                None => found.push((path, known.iter().map(|(name, _)| name.clone()).collect())),
            }
        }
    }
    found
}

/// One line for each member that no type has. A type that lacks an outer member lacks the inner ones too.
fn data_remarks(unlike: &[(&'static str, Vec<Stranger>)]) -> Vec<String> {
    let lacks =
        |strangers: &[Stranger], path: &[String]| strangers.iter().any(|(one, _)| path.starts_with(one));
    let mut seen = std::collections::HashSet::new();
    let all = unlike.iter().flat_map(|(event, strangers)| strangers.iter().map(move |one| (*event, one)));
    let of_none = all.filter(|(_, (path, _))| {
        unlike.iter().all(|(_, strangers)| lacks(strangers, path)) && seen.insert(path.clone())
    });
    let mut remarks: Vec<String> = of_none
        .map(|(event, (path, known))| {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let shown = escape(&Path::from_members(&names).to_string());
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let member = names.last().copied().unwrap_or_default();
            remark(&format!("--data adds `data.{shown}`"), event, member, &known)
        })
        .collect();
    if let Some(more) = remarks.len().checked_sub(MOST_REMARKS).filter(|more| *more > 0) {
        remarks.truncate(MOST_REMARKS);
        let members = pluralize(more as u64, "other member");
        remarks.push(format!("--data adds {members} that the sample does not have."));
    }
    remarks
}

fn remark(what: &str, event: &str, member: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::osa_distance(&known.to_lowercase(), &member.to_lowercase()), known))
        .filter(|(slips, known)| {
            let shorter = member.chars().count().min(known.chars().count());
            *slips <= (member.chars().count() / 4).max(1) + 1 && *slips < shorter
        })
        .min_by_key(|(slips, _)| *slips);
    let meant = near.map(|(_, name)| format!(" Did you mean `{name}`?")).unwrap_or_default();
    format!("{what}, which the sample of {event} does not have.{meant}")
}

fn read(argument: &str) -> Result<Json, Failure> {
    let (text, source) = match file_of(argument) {
        Some(path) => {
            let source = if path == FilePath::new("-") {
                "standard input".to_owned()
            } else {
                format!("`{}`", path.display())
            };
            let bytes = input::read(&path, "--data")?;
            let text = text::decode(&bytes).map_err(|why| Failure::usage(format!("{source} {why}")))?;
            (text, source)
        }
        // `--data "$(cat body.json)"` includes a byte order mark of the file.
        None => (argument.trim_start_matches('\u{feff}').to_owned(), "--data".to_owned()),
    };
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("{source} is empty; --data expects a JSON object")));
    }
    let value = Json::parse(text.as_bytes()).map_err(|error| {
        let failure = Failure::usage(format!("{source} is not JSON: {error}"));
        if source == "--data" {
            failure.hint("a file is named with an @ before it: --data @body.json")
        } else {
            failure
        }
    })?;
    trigger::data_of(value, &source)
}

/// `data.ticket.priority=urgent`: the value is JSON if it reads as JSON, otherwise text.
fn assignment(text: &str) -> Result<(Path, Json), Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!("could not read --set `{}`: {why}", escape(text)))
            .hint("write it like data.ticket.priority=urgent, or data.ticket.tags[0]=new for an element")
    };
    let (path, value) = split(text).ok_or_else(|| wrong("there is no `=`"))?;
    let path = trigger::path(path).map_err(|why| wrong(&why))?;
    Ok((path, Json::parse(value.as_bytes()).unwrap_or_else(|_| Json::string(value))))
}

/// At the first `=` that has no `\` before it.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let at = text.find(|c| {
        let found = c == '=' && !escaped;
        escaped = c == '\\' && !escaped;
        found
    })?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The file that `--data` names, if it names one.
fn file_of(argument: &str) -> Option<PathBuf> {
    if argument == "-" {
        return Some(PathBuf::from("-"));
    }
    argument.strip_prefix('@').map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(data: Option<&str>, sets: &[&str]) -> Result<Option<String>, Failure> {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let overlays = overlays(data, &sets, &["ticket.created"])?;
        Ok(overlays.of("ticket.created").map(Json::to_string))
    }

    #[test]
    fn assignments_build_and_override() {
        let sets = ["data.ticket.priority=urgent", "data.ticket.tags=[1]", "data.ticket.id=7", "data.n=null"];
        let data = r#"{"ticket":{"priority":"low","title":"x"}}"#;
        assert_eq!(
            overlay(Some(data), &sets).unwrap().unwrap(),
            r#"{"ticket":{"priority":"urgent","title":"x","tags":[1],"id":7},"n":null}"#
        );
        assert!(overlay(None, &[]).unwrap().is_none());
    }

    #[test]
    fn numbers_are_laid_over_as_written() {
        let sets = ["data.ticket.id=12345678901234567890123", "data.ticket.x=1e400", r"data.a\=b=1.10"];
        assert_eq!(
            overlay(Some(r#"{"n":1.10}"#), &sets).unwrap().unwrap(),
            r#"{"n":1.10,"ticket":{"id":12345678901234567890123,"x":1e400},"a=b":1.10}"#
        );
    }

    #[test]
    fn mistyped_members_cause_a_remark() {
        let remarks = |events: &[&'static str], set: &str| {
            overlays(None, &[set.to_owned()], events).unwrap().remarks().to_vec()
        };
        let said = remarks(&["ticket.created"], "data.ticket.priorty=low");
        assert!(said[0].contains("Did you mean `priority`?"), "{said:?}");
        let both = ["ticket.created", "customer.created"];
        assert!(remarks(&both, "data.ticket.priority=low").is_empty());
        assert_eq!(remarks(&both, "data.zzzzzzzz=low").len(), 1);
        assert!(remarks(&["article.created"], "data.article.metadata.color=red").is_empty());
        assert!(!remarks(&["ticket.created"], "data.ticket.n=1")[0].contains("Did you mean"));
    }

    #[test]
    fn data_has_the_same_remarks_as_set() {
        let remarks = |events: &[&'static str], data: &str| {
            overlays(Some(data), &[], events).unwrap().remarks().to_vec()
        };
        let ticket = ["ticket.created"];
        assert_eq!(
            remarks(&ticket, r#"{"ticket":{"priorty":"low","title":"x"},"custmer":{"a":{"b":1}}}"#),
            [
                "--data adds `data.custmer`, which the sample of ticket.created does not have. \
                 Did you mean `customer`?",
                "--data adds `data.ticket.priorty`, which the sample of ticket.created does not have. \
                 Did you mean `priority`?",
            ]
        );
        let both = ["ticket.created", "customer.created"];
        assert!(remarks(&both, r#"{"ticket":{"priority":"low"}}"#).is_empty());
        let said = remarks(&both, r#"{"ticket":{"priorty":"low"}}"#);
        assert!(said.len() == 1 && said[0].contains("Did you mean `priority`?"), "{said:?}");
        assert!(remarks(&["article.created"], r#"{"article":{"metadata":{"color":"red"}}}"#).is_empty());
        assert!(remarks(&ticket, r#"{"ticket":{"title":null}}"#).is_empty());
        let many = r#"{"q1":1,"q2":1,"q3":1,"q4":1,"q5":1,"q6":1,"q7":1}"#;
        let said = remarks(&ticket, many);
        assert!(said.len() == 6 && said[5].contains("2 other members"), "{said:?}");
    }

    #[test]
    fn data_of_a_whole_event_is_used() {
        let event = r#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{"id":1}}}"#;
        assert_eq!(overlay(Some(event), &[]).unwrap().unwrap(), r#"{"ticket":{"id":1}}"#);
        let own = r#"{"data":{"a":1}}"#;
        assert_eq!(overlay(Some(own), &[]).unwrap().unwrap(), own);
    }

    #[test]
    fn invalid_data_is_a_usage_error() {
        for (data, set) in [
            (Some("{"), None),
            (Some("[1]"), None),
            (None, Some("x")),
            (None, Some("ticket.id=1")),
            (None, Some("data=1")),
            (None, Some("data..a=1")),
            (None, Some("data.ticket.title.x=1")),
            (None, Some("data.ticket[0]=1")),
        ] {
            let failure = overlay(data, set.as_slice()).unwrap_err();
            assert_eq!(failure.exit(), crate::output::Exit::Usage, "{data:?} {set:?}");
        }
    }
}
