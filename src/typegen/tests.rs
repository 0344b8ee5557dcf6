//! The output of every language. The compilers are in tests/it/types.

use super::*;
use crate::event::shape::{Observations, event_shapes};

#[test]
fn every_language_has_every_event_type() {
    let shapes = event_shapes();
    for language in Language::ALL {
        let text = generate(language, &shapes, "cstar types x");
        assert!(text.contains("enerated by `cstar types x`"), "{language:?}");
        assert!(text.ends_with("}\n") || text.ends_with("expected\")\n"), "{language:?}");
        for event in &shapes {
            assert!(text.contains(&format!("\"{}\"", event.name)), "{language:?}: {}", event.name);
        }
        assert!(!text.contains("\n\n\n\n"), "{language:?}");
    }
}

/// Names that are words of some language, that collide once they are changed, or that the output needs itself.
#[test]
fn awkward_names_stay_apart() {
    let body =
        br#"{"type":"ticket.created","data":{"data":{"x":1},"event":{"x":1},"type":1,"from":2,"class":3,
        "closedAt":"a","closed_at":"b","self":1,"other":1,"extra":1,"_id":1,"items":[{"a":[{"b":null}]}]}}"#;
    let mut observations = Observations::default();
    assert!(observations.add(body));
    let mut shapes = observations.event_shapes();
    shapes.truncate(1);
    let text = |language| generate(language, &shapes, "x");
    let rust = text(Language::Rust);
    for line in [
        "#[serde(rename = \"closedAt\", default)]\n    pub closed_at: Option<String>,",
        "#[serde(rename = \"closed_at\", default)]\n    pub closed_at2: Option<String>,",
        "pub type_: Option<i64>",
        "pub self_: Option<i64>",
        "pub data: Option<TicketCreatedData2>",
        "pub event: Option<TicketCreatedEvent2>",
        "pub struct TicketCreatedAItem {",
    ] {
        assert!(rust.contains(line), "{line}: {rust}");
    }
    let python = text(Language::Python);
    for line in [
        "from_: int | None = field(default=None, metadata={\"name\": \"from\"})",
        "    class_: int",
        "    id: int",
    ] {
        assert!(python.contains(line), "{line}: {python}");
    }
    assert!(text(Language::Go).contains("ClosedAt2"));
}
