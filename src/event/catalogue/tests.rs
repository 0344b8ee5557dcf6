//! Compares the catalogue with a copy of the documented list.

use super::*;

/// documented: 35 event types across 7 categories, in this order.
const REFERENCE: &[(&str, &str)] = &[
    (
        "tickets",
        "ticket.created ticket.updated ticket.closed ticket.message_added ticket.deleted ticket.assigned",
    ),
    (
        "customers",
        "customer.created customer.updated customer.deleted \
         customer_group.created customer_group.updated customer_group.deleted",
    ),
    ("articles", "article.created article.published article.updated article.deleted"),
    ("team", "team.preferences_updated agent.preferences_updated"),
    (
        "gamification",
        "boss.spawned boss.damaged boss.defeated \
         player.level_up player.achievement_unlocked player.xp_gained player.quest_completed \
         player.streak_milestone social.one_up_sent social.high_five_sent",
    ),
    (
        "community",
        "community_post.created community_post.updated community_post.status_changed \
         community_post.commented community_post.deleted community_post.voted",
    ),
    ("surveys", "survey.submitted"),
];

#[test]
fn catalogue_is_the_documented_list() {
    let ours: Vec<_> = catalogue().iter().map(|t| (t.category.slug(), t.name)).collect();
    let reference: Vec<_> = REFERENCE
        .iter()
        .flat_map(|(category, names)| names.split_whitespace().map(|name| (*category, name)))
        .collect();
    assert_eq!(ours, reference);
    assert_eq!(ours.len(), 35);
}

#[test]
fn categories_have_documented_sizes() {
    let counts = Category::ALL.map(|category| category.event_types().count());
    assert_eq!(counts, [6, 6, 4, 2, 10, 6, 1]);
    assert_eq!(Category::ALL.map(Category::slug).to_vec(), REFERENCE.iter().map(|r| r.0).collect::<Vec<_>>());
}

#[test]
fn finds_exact_names_only() {
    for event_type in catalogue() {
        assert_eq!(find(event_type.name), Some(event_type));
        assert_eq!(format!("{}.{}", event_type.resource(), event_type.action()), event_type.name);
    }
    for name in ["", "ticket", "ticket.*", "Ticket.created", "ticket.created ", "achievement.unlocked"] {
        assert_eq!(find(name), None, "{name}");
    }
}

#[test]
fn categories_parse_in_any_case() {
    for category in Category::ALL {
        for name in [category.slug(), category.title(), &category.slug().to_uppercase()] {
            assert_eq!(Category::parse(name), Some(category));
        }
        assert_eq!(category.title().to_lowercase(), category.slug());
    }
    assert_eq!(Category::parse("ticket"), None);
    assert_eq!(Category::parse(""), None);
}

#[test]
fn payload_labels_match_documentation() {
    let label = |name: &str| find(name).unwrap().payload.label();
    assert_eq!(label("ticket.created"), "documented");
    assert_eq!((label("ticket.updated"), label("ticket.closed")), ("partial", "partial"));
    assert_eq!(catalogue().iter().filter(|t| t.payload == Payload::Modelled).count(), 32);
}

#[test]
fn descriptions_are_distinct_fragments() {
    for (at, event_type) in catalogue().iter().enumerate() {
        let description = event_type.description;
        assert!((15..=72).contains(&description.len()), "{description}");
        assert!(description.starts_with(|c: char| c.is_ascii_lowercase()), "{description}");
        assert!(!description.ends_with('.'), "{description}");
        assert!(catalogue()[..at].iter().all(|other| other.description != description), "{description}");
    }
}
