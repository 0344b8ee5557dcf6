//! Replaces the `{{...}}` placeholders of payload templates with values derived from a seed.
//!
//! Equal placeholders get equal values within one sample, so a ticket's `customer_id` is its customer's
//! `id`.
//!
//! | Placeholder | Value |
//! |---|---|
//! | `{{now}}` | the seed's time, ISO 8601 with milliseconds |
//! | `{{before:90m}}`, `{{after:24h}}` | the seed's time minus or plus a duration; units s, m, h, d |
//! | `{{id:tkt}}`, `{{id:mem.other}}` | a prefixed id; the label after the dot makes ids with one prefix differ |
//! | `{{uuid:topic}}` | a version 4 UUID |
//! | `{{name:customer}}`, `{{email:customer}}` | a person; also `agent` and `teammate`, who always differ |
//! | `{{pick:article_title}}`, `{{slug:article_title}}` | a text from a list in this file, and its slug |
//! | `{{one_of:low\|high}}` | one of the texts |
//! | `{{int:3-40}}` | an integer; a JSON number if the string has nothing else |
//! | `{{team_id}}`, `{{team_slug}}` | the seed's team |

use jiff::SignedDuration;
use serde_json::Value;

use super::seed::SampleSeed;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// Crockford's base 32, which the documented event samples use for ids.
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const CUSTOMERS: &[&str] = &[
    "Jane Doe",
    "Amara Okafor",
    "Mateo Alvarez",
    "Yuki Tanaka",
    "Priya Raman",
    "Lars Lindqvist",
    "Noor Haddad",
    "Chloe Martin",
    "Tomasz Nowak",
    "Leila Farouk",
    "Ben Carter",
    "Sofia Rossi",
];
const AGENTS: &[&str] = &["Robin Vale", "Mina Park", "Oscar Beltran", "Freya Holm"];
const TEAMMATES: &[&str] = &["Sam Ortiz", "Ines Duarte", "Kofi Mensah", "Hana Novak"];

const LISTS: &[(&str, &[&str])] = &[
    (
        "ticket_title",
        &[
            "Cannot log in to my account",
            "Charged twice this month",
            "Invoice PDF will not open",
            "How do I invite a teammate?",
            "Export stops at 1,000 rows",
            "Password reset mail never arrives",
            "Order still shows as pending",
            "Webhook stopped firing after the update",
        ],
    ),
    (
        "message",
        &[
            "It still fails in a private window, same message as before.",
            "That fixed it, thank you!",
            "Here is the order number you asked for: 48213.",
            "Any news? We need this for our report tomorrow.",
        ],
    ),
    ("group_name", &["Enterprise", "Beta testers", "Early adopters", "Nonprofits", "Partners"]),
    (
        "article_title",
        &[
            "Getting started with your workspace",
            "Reset your password",
            "Understand your invoice",
            "Invite your teammates",
            "Export your data",
        ],
    ),
    (
        "post_title",
        &[
            "Dark mode for the dashboard",
            "Keyboard shortcuts for the inbox",
            "Bulk edit of tags",
            "Calendar view for deadlines",
            "How do you sort your queue?",
        ],
    ),
    (
        "comment",
        &[
            "We would use this every day.",
            "Seconded, this would save us a lot of clicks.",
            "There is a workaround until then: use a saved view.",
        ],
    ),
    ("boss_name", &["The Backlog Hydra", "Baron von Bounce", "Lag Leviathan", "The Monday Golem"]),
    ("achievement", &["First Responder", "Inbox Zero Hero", "Night Owl", "Hundred Club"]),
    ("quest", &["Clear the morning queue", "Five replies before noon", "Close three urgent tickets"]),
    ("cheer", &["Great save on that refund!", "You carried the queue today.", "That reply was perfect."]),
    (
        "survey_comment",
        &["Quick and friendly, thank you.", "Solved, but it took two days.", "Exactly the help I needed."],
    ),
];

/// Replaces every placeholder in the strings of `value`.
pub(super) fn fill(value: &mut Value, seed: &SampleSeed<'_>) {
    match value {
        Value::String(text) => {
            if let Some(filled) = fill_text(text, seed) {
                *value = filled;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, seed)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, seed)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `None` if there is nothing to replace.
fn fill_text(text: &str, seed: &SampleSeed<'_>) -> Option<Value> {
    let (before, inner, after) = split(text)?;
    if before.is_empty() && after.is_empty() && inner.starts_with("int:") {
        return whole_number(inner, seed).map(Value::from);
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, inner, after)) = split(rest) {
        filled.push_str(before);
        // An unknown placeholder stays, so that the tests find it.
        filled.push_str(&text_value(inner, seed).unwrap_or_else(|| format!("{OPEN}{inner}{CLOSE}")));
        rest = after;
    }
    filled.push_str(rest);
    Some(Value::String(filled))
}

fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(OPEN)?;
    let (inner, after) = rest.split_once(CLOSE)?;
    Some((before, inner, after))
}

fn text_value(inner: &str, seed: &SampleSeed<'_>) -> Option<String> {
    let (name, argument) = inner.split_once(':').unwrap_or((inner, ""));
    match name {
        "now" => Some(format!("{:.3}", seed.now)),
        "before" => moment(argument, -1, seed),
        "after" => moment(argument, 1, seed),
        "id" => Some(prefixed_id(argument, seed)),
        "uuid" => Some(uuid(argument, seed)),
        "name" => person(argument, seed).map(str::to_owned),
        "email" => person(argument, seed)
            .map(|name| format!("{}@example.com", name.to_lowercase().replace(' ', "."))),
        "pick" => listed(argument, seed).map(str::to_owned),
        "slug" => listed(argument, seed).map(slug),
        "one_of" => draw(&argument.split('|').collect::<Vec<_>>(), argument, seed).map(str::to_owned),
        "int" => whole_number(inner, seed).map(|number| number.to_string()),
        "team_id" => Some(seed.team_id.to_owned()),
        "team_slug" => Some(seed.team_slug.to_owned()),
        _ => None,
    }
}

fn moment(span: &str, sign: i64, seed: &SampleSeed<'_>) -> Option<String> {
    let unit = match span.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let count: i64 = span.get(..span.len() - 1)?.parse().ok()?;
    let distance = SignedDuration::from_secs(count.checked_mul(unit * sign)?);
    let moment = seed.now.checked_add(distance).unwrap_or(seed.now);
    Some(format!("{moment:.3}"))
}

/// documented: `msg_` and 12 hex digits; `tkt_` or `cus_` and 20 characters, which begin with the time.
/// ours: other prefixes have the second form.
fn prefixed_id(label: &str, seed: &SampleSeed<'_>) -> String {
    let prefix = label.split_once('.').map_or(label, |(prefix, _)| prefix);
    let random = hash(&["id", label], seed);
    if prefix == "msg" {
        return format!("msg_{:012x}", random & 0xffff_ffff_ffff);
    }
    let millis = u64::try_from(seed.now.as_millisecond()).unwrap_or(0);
    format!("{prefix}_{}{}", base32(millis), base32(random))
}

/// The lowest 50 bits as ten characters.
fn base32(number: u64) -> String {
    let digit = |shift: u32| BASE32.get((number >> shift & 31) as usize).copied().unwrap_or(b'0');
    (0..10).rev().map(|place| char::from(digit(place * 5))).collect()
}

fn uuid(label: &str, seed: &SampleSeed<'_>) -> String {
    let (high, low) = (hash(&["uuid", label, "high"], seed), hash(&["uuid", label, "low"], seed));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

fn person(role: &str, seed: &SampleSeed<'_>) -> Option<&'static str> {
    let people = match role {
        "customer" => CUSTOMERS,
        "agent" => AGENTS,
        "teammate" => TEAMMATES,
        _ => return None,
    };
    draw(people, role, seed)
}

fn listed(list: &str, seed: &SampleSeed<'_>) -> Option<&'static str> {
    let (_, texts) = LISTS.iter().find(|(name, _)| *name == list)?;
    draw(texts, list, seed)
}

fn draw<'t>(texts: &[&'t str], label: &str, seed: &SampleSeed<'_>) -> Option<&'t str> {
    let index = hash(&["draw", label], seed).checked_rem(texts.len() as u64)?;
    texts.get(usize::try_from(index).ok()?).copied()
}

fn whole_number(inner: &str, seed: &SampleSeed<'_>) -> Option<u64> {
    let (low, high) = inner.strip_prefix("int:")?.split_once('-')?;
    let (low, high): (u64, u64) = (low.parse().ok()?, high.parse().ok()?);
    let span = high.checked_sub(low)?.checked_add(1)?;
    Some(low + hash(&[inner], seed) % span)
}

fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// FNV-1a with a final mix. Not cryptographic: only varies the values of a sample.
fn hash(parts: &[&str], seed: &SampleSeed<'_>) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in std::iter::once(&seed.unique).chain(parts) {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests;
