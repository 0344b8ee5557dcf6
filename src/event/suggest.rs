//! "Did you mean": the event types and resources that are most similar to a mistyped name.

use super::catalogue::{Category, catalogue};

const MOST: usize = 3;
/// Longer names are not compared, which bounds the cost.
const LONGEST: usize = 64;
/// Shorter fragments occur in too many names.
const SHORTEST_FRAGMENT: usize = 4;

/// Former names (documented until 2025-12) and their current names.
const FORMER: &[(&str, &str)] = &[("achievement.unlocked", "player.achievement_unlocked")];

/// The event types that are similar to `name`: at most three, the best first.
///
/// Case and separators are ignored, so `Ticket_Created` finds `ticket.created`. Former names find the current ones.
pub(crate) fn suggest(name: &str) -> Vec<&'static str> {
    let wanted = normalize(name);
    let former = FORMER.iter().filter(|(old, _)| normalize(old) == wanted).map(|(_, new)| (0, *new));
    let known = catalogue().iter().filter_map(|event_type| {
        let score = if normalize(event_type.action()) == wanted {
            Some(1)
        } else {
            score(&normalize(event_type.name), &wanted)
        };
        score.map(|score| (score, event_type.name))
    });
    best(former.chain(known).collect())
}

/// The resources that are similar to `name` or belong to the category `name`.
pub(super) fn suggest_resource(name: &str) -> Vec<&'static str> {
    let wanted = normalize(name);
    let category = Category::parse(name);
    let former = FORMER.iter().filter_map(|(old, new)| {
        let (old, new) = (old.split_once('.')?.0, new.split_once('.')?.0);
        (normalize(old) == wanted).then_some((0, new))
    });
    let known = catalogue().iter().filter_map(|event_type| {
        let resource = event_type.resource();
        let score = score(&normalize(resource), &wanted)
            .or_else(|| (category == Some(event_type.category)).then_some(LONGEST));
        score.map(|score| (score, resource))
    });
    best(former.chain(known).collect())
}

/// Lower is better. A fragment scores worse than any typing error.
fn score(known: &str, wanted: &str) -> Option<usize> {
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let errors = strsim::osa_distance(known, wanted);
    // One error in four characters. With more, short names would match each other.
    if errors <= (wanted.len() / 4).max(1) {
        return Some(errors);
    }
    (wanted.len() >= SHORTEST_FRAGMENT && known.contains(wanted)).then_some(LONGEST)
}

fn best(mut scored: Vec<(usize, &'static str)>) -> Vec<&'static str> {
    // A stable sort keeps the catalogue order among equals.
    scored.sort_by_key(|(score, _)| *score);
    let mut names = Vec::new();
    for (_, name) in scored {
        if !names.contains(&name) && names.len() < MOST {
            names.push(name);
        }
    }
    names
}

fn normalize(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
