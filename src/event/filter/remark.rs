//! Notices paths that no event in the catalogue has.

use jiff::Timestamp;

use crate::event::path::{Path, Step};
use crate::event::{Json, SampleSeed, catalogue, sample_data};

/// The warning for a path that the sample of no event type has.
pub(super) fn remark(path: &Path) -> Option<String> {
    let samples = samples();
    let is_known = |path: &Path| samples.iter().any(|sample| path.unknown(sample).is_none());
    if is_known(path) {
        return None;
    }
    let below_data = [&[Step::Member("data".to_owned())], path.steps()].concat();
    let below_data = Path::from_steps(&below_data);
    let meant = match is_known(&below_data) {
        true => Some(below_data.to_string()),
        false => {
            samples.iter().find_map(|sample| ending(sample, "", path)).or_else(|| nearest(path, &samples))
        }
    };
    let meant = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    Some(format!("no event in the catalogue has `{path}`.{meant}"))
}

/// The whole path of a member, of which `path` is the end.
fn ending(value: &Json, place: &str, path: &Path) -> Option<String> {
    let Json::Object(members) = value else { return None };
    // Members for custom fields accept any path.
    let begins = matches!(path.steps().first(), Some(Step::Member(name)) if value.get(name).is_some());
    if begins && !place.is_empty() && path.unknown(value).is_none() {
        return Some(format!("{place}.{path}"));
    }
    members.iter().find_map(|(name, member)| {
        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        ending(member, &place, path)
    })
}

/// The known name that is nearest to the unknown member, in the samples that have the longest part of the path.
fn nearest(path: &Path, samples: &[Json]) -> Option<String> {
    let prefixes = (0..path.steps().len()).rev().filter_map(|length| path.steps().get(..length));
    let knows = |prefix: &[Step]| {
        let prefix = Path::from_steps(prefix);
        samples.iter().filter(|sample| prefix.unknown(sample).is_none()).collect::<Vec<_>>()
    };
    let deepest = prefixes.map(knows).find(|samples| !samples.is_empty())?;
    let unknown = deepest.iter().filter_map(|sample| path.unknown(sample));
    let names = unknown.flat_map(|(member, known)| known.into_iter().map(move |name| (member, name)));
    let near = names.filter_map(|(member, name)| {
        let shorter = member.chars().count().min(name.chars().count());
        let slips = strsim::osa_distance(&name.to_lowercase(), &member.to_lowercase());
        (slips <= (shorter / 3).max(1)).then_some((slips, name))
    });
    near.min_by_key(|(slips, _)| *slips).map(|(_, name)| name.to_owned())
}

/// An event of each type; only the names of the members count.
fn samples() -> Vec<Json> {
    let seed = SampleSeed {
        now: Timestamp::UNIX_EPOCH,
        unique: "000000000000000000000000",
        team_id: "",
        team_slug: "",
    };
    let envelope = ["id", "type", "created_at", "team_id"].map(|name| (name.to_owned(), Json::string("")));
    catalogue()
        .iter()
        .map(|event_type| {
            let mut members = envelope.to_vec();
            members.push(("data".to_owned(), Json::from(&sample_data(event_type, &seed))));
            Json::Object(members)
        })
        .collect()
}
