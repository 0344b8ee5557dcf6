//! Patterns, and the suggestions for mistyped ones.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::event::EventType;

fn malformed(text: &str) -> (&'static str, Vec<String>) {
    match Pattern::parse(text) {
        Err(PatternError::Malformed { reason, suggestions, pattern }) => {
            assert_eq!(pattern, text);
            (reason, suggestions)
        }
        other => panic!("{text}: {other:?}"),
    }
}

fn unknown(text: &str) -> Vec<String> {
    match Pattern::parse(text) {
        Err(PatternError::Unknown { suggestions, pattern }) => {
            assert_eq!(pattern, text);
            suggestions
        }
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn matches_a_type_a_resource_or_all() {
    for (pattern, taken, left) in [
        (
            "ticket.created",
            &["ticket.created"][..],
            &["ticket.updated", "ticket.created.x", "ticket", ""][..],
        ),
        (
            "customer.*",
            &["customer.created", "customer.x.y"],
            &["customer_group.created", "customer.", "customer"],
        ),
        ("*", &["ticket.created", "survey.submitted", "later.type"], &[]),
        ("  ticket.* ", &["ticket.closed"], &["xticket.closed"]),
    ] {
        let pattern: Pattern = pattern.parse().unwrap();
        assert!(taken.iter().all(|name| pattern.matches(name)), "{pattern}");
        assert!(!left.iter().any(|name| pattern.matches(name)), "{pattern}");
    }
}

#[test]
fn malformed_patterns_are_explained() {
    let star = "a `*` stands alone or after the dot, as in `ticket.*`";
    let characters = "only lower-case letters, digits, `_`, `.` and `*` are allowed";
    let empty_part = "there is nothing before or after a dot";
    let two_parts = "it needs a resource and an action, as in `ticket.created`";
    for (text, reason, suggestion) in [
        ("", "it is empty", None),
        ("   ", "it is empty", None),
        ("**", star, None),
        ("tick*", star, Some("ticket.*")),
        ("*.created", star, Some("ticket.created")),
        ("ticket.*.created", star, Some("ticket.created")),
        (".*", empty_part, None),
        ("ticket..created", empty_part, Some("ticket.created")),
        (".ticket.created", empty_part, Some("ticket.created")),
        ("ticket.", empty_part, Some("ticket.created")),
        ("ticket", two_parts, Some("ticket.*")),
        ("customer_groups", two_parts, Some("customer_group.*")),
        ("ticket_created", two_parts, Some("ticket.created")),
        ("Ticket.Created", characters, Some("ticket.created")),
        ("ticket.created,ticket.closed", characters, None),
        ("Ticket.*", characters, Some("ticket.*")),
        ("ticket.created\u{1b}[2J", characters, Some("ticket.created")),
    ] {
        let (why, suggestions) = malformed(text);
        assert_eq!(why, reason, "{text}");
        assert_eq!(suggestions.first().map(String::as_str), suggestion, "{text}: {suggestions:?}");
    }
}

#[test]
fn unknown_names_have_suggestions() {
    assert_eq!(unknown("tickets.*"), ["ticket.*"]);
    assert_eq!(unknown("costumer.*"), ["customer.*"]);
    assert_eq!(unknown("post.*"), ["community_post.*"]);
    assert_eq!(unknown("gamification.*"), ["boss.*", "player.*", "social.*"]);
    assert_eq!(unknown("achievement.*"), ["player.*"]);
    assert_eq!(unknown("invoice.*"), [""; 0]);
    assert_eq!(unknown("tickets.created")[0], "ticket.created");
    assert_eq!(unknown("achievement.unlocked")[0], "player.achievement_unlocked");
    assert_eq!(unknown("invoice.paid"), [""; 0]);
}

#[test]
fn parse_any_accepts_unknown_types() {
    assert!(Pattern::parse_any("invoice.paid").unwrap().matches("invoice.paid"));
    assert!(Pattern::parse_any("invoice.*").unwrap().matches("invoice.paid"));
    assert!(matches!(Pattern::parse_any("invoice"), Err(PatternError::Malformed { .. })));
}

#[test]
fn messages_have_no_control_characters() {
    let message = |text: &str| Pattern::parse(text).unwrap_err().to_string();
    assert_eq!(
        message("tickets.*"),
        "event pattern \"tickets.*\" matches no known event type; did you mean ticket.*?"
    );
    assert_eq!(
        message("invoice.paid"),
        "event pattern \"invoice.paid\" matches no known event type; `cstar events` lists the types"
    );
    assert_eq!(
        message("tick*"),
        "event pattern \"tick*\" is malformed: a `*` stands alone or after the dot, as in `ticket.*`; \
         did you mean ticket.*?"
    );
    assert!(!message("a\u{1b}[2J\n").contains(char::is_control));
}

#[test]
fn mistyped_names_find_their_type() {
    for (slip, meant) in [
        ("tickets.created", "ticket.created"),
        ("ticket_created", "ticket.created"),
        ("ticket-created", "ticket.created"),
        ("Ticket.Created", "ticket.created"),
        ("TICKET_CREATED", "ticket.created"),
        ("ticketCreated", "ticket.created"),
        (" ticket.created ", "ticket.created"),
        ("tikcet.created", "ticket.created"),
        ("ticket.create", "ticket.created"),
        ("ticket.message", "ticket.message_added"),
        ("message_added", "ticket.message_added"),
        ("player.levelup", "player.level_up"),
        ("level_up", "player.level_up"),
        ("achievement.unlocked", "player.achievement_unlocked"),
        ("Achievement_Unlocked", "player.achievement_unlocked"),
        ("customer.group.created", "customer_group.created"),
        ("community.post.voted", "community_post.voted"),
        ("survey.submited", "survey.submitted"),
        ("surveys.submitted", "survey.submitted"),
        ("ticket.created", "ticket.created"),
    ] {
        assert_eq!(suggest(slip).first(), Some(&meant), "{slip}: {:?}", suggest(slip));
    }
    for far in ["", ".", "xyz", "up", "invoice.paid", "a", &"ticket.created".repeat(1000)] {
        assert!(suggest(far).is_empty(), "{far}: {:?}", suggest(far));
    }
    assert_eq!(suggest("created"), ["ticket.created", "customer.created", "customer_group.created"]);
}

fn known() -> impl Strategy<Value = EventType> {
    select(catalogue())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn pattern_matches_exactly_its_types(mine in known(), other in known()) {
        let exact = Pattern::parse(mine.name).unwrap();
        prop_assert_eq!(exact.matches(other.name), mine.name == other.name);
        let resource = Pattern::parse(&format!("{}.*", mine.resource())).unwrap();
        prop_assert_eq!(resource.matches(other.name), mine.resource() == other.resource());
        prop_assert!(Pattern::parse("*").unwrap().matches(other.name));
    }

    #[test]
    fn parsed_patterns_display_unchanged(
        text in "[a-z_.*]{0,12}|(ticket|customer_group)?\\.?(created|\\*)?",
    ) {
        match Pattern::parse(&text) {
            Ok(pattern) => {
                prop_assert_eq!(pattern.as_str(), &text);
                prop_assert_eq!(pattern.to_string(), text.clone());
                prop_assert_eq!(text.parse::<Pattern>(), Ok(pattern.clone()));
                prop_assert!(catalogue().iter().any(|t| pattern.matches(t.name)));
            }
            Err(error) => prop_assert!(error.suggestions().iter().all(|s| Pattern::parse(s).is_ok())),
        }
    }

    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        if let Err(error) = Pattern::parse(&text) {
            prop_assert!(error.suggestions().len() <= 3);
        }
        prop_assert!(suggest(&text).len() <= 3);
    }

    #[test]
    fn one_typing_error_is_corrected(
        meant in known(), at in any::<prop::sample::Index>(), letter in "[a-z]", kind in 0..3,
    ) {
        let mut slip = meant.name.to_owned();
        let at = at.index(slip.len());
        match kind {
            0 => slip.insert_str(at, &letter),
            1 => slip.replace_range(at..=at, &letter),
            _ => slip.replace_range(at..=at, ""),
        }
        prop_assert!(suggest(&slip).contains(&meant.name), "{} -> {:?}", slip, suggest(&slip));
    }
}
