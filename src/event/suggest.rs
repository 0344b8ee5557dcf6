//! "Did you mean": the known event types and resources nearest to a mistyped name.

use super::catalogue::{Category, catalogue};

/// A prompt with more choices than this is of no help.
const MOST: usize = 3;
/// Nothing this long is a slip of the keyboard; also bounds the cost of comparing.
const LONGEST: usize = 64;
/// Shorter fragments occur in too many names to mean one of them.
const SHORTEST_FRAGMENT: usize = 4;

/// Former names (documented until 2025-12) and what they are called now.
const FORMER: &[(&str, &str)] = &[("achievement.unlocked", "player.achievement_unlocked")];

/// The known event types nearest to `name`: at most three, best first, none if nothing is close.
///
/// Case and separators do not count, so `Ticket_Created` finds `ticket.created`; former names find their
/// successors.
pub(crate) fn suggest(name: &str) -> Vec<&'static str> {
    let wanted = squash(name);
    let former = FORMER.iter().filter(|(old, _)| squash(old) == wanted).map(|(_, new)| (0, *new));
    let known = catalogue().iter().filter_map(|event_type| {
        let score = if squash(event_type.action()) == wanted {
            Some(1)
        } else {
            score(&squash(event_type.name), &wanted)
        };
        score.map(|score| (score, event_type.name))
    });
    best(former.chain(known).collect())
}

/// The known resources nearest to `name`, which may also be a category: `gamification` has several.
pub(super) fn suggest_resource(name: &str) -> Vec<&'static str> {
    let wanted = squash(name);
    let category = Category::parse(name);
    let former = FORMER.iter().filter_map(|(old, new)| {
        let (old, new) = (old.split_once('.')?.0, new.split_once('.')?.0);
        (squash(old) == wanted).then_some((0, new))
    });
    let known = catalogue().iter().filter_map(|event_type| {
        let resource = event_type.resource();
        let score = score(&squash(resource), &wanted)
            .or_else(|| (category == Some(event_type.category)).then_some(LONGEST));
        score.map(|score| (score, resource))
    });
    best(former.chain(known).collect())
}

/// Lower is better. A fragment ranks behind every slip.
fn score(known: &str, wanted: &str) -> Option<usize> {
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let slips = strsim::osa_distance(known, wanted);
    // One slip in four characters: more, and short names turn into each other.
    if slips <= (wanted.len() / 4).max(1) {
        return Some(slips);
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

fn squash(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
