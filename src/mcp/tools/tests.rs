//! The table of tools as clients see it.

use serde_json::Value;

use super::*;
use crate::mcp::tool::Effect;

fn schema(tool: &Tool) -> Value {
    Value::Object(tool.definition.input_schema.as_ref().clone())
}

#[test]
fn names_are_those_of_the_tools() {
    assert_eq!(all().iter().map(|tool| tool.info.name).collect::<Vec<_>>(), NAMES);
}

#[test]
fn every_tool_describes_itself_fully() {
    for tool in all() {
        let (name, definition) = (tool.info.name, &tool.definition);
        assert!(definition.description.as_ref().unwrap().len() > 20, "{name}");
        let annotations = definition.annotations.as_ref().unwrap();
        assert_eq!(annotations.read_only_hint, Some(!tool.info.effect.writes()), "{name}");
        assert_eq!(annotations.destructive_hint, Some(tool.info.effect == Effect::Changes), "{name}");
        let input = schema(&tool);
        assert_eq!(input["additionalProperties"], false, "{name}");
        for (argument, property) in input["properties"].as_object().unwrap() {
            assert!(property.get("type").is_some_and(Value::is_string), "{name}.{argument}: {property}");
            let about = property["description"].as_str().unwrap_or_default();
            assert!(about.len() > 5, "{name}.{argument} has no description: {property}");
        }
        let output = Value::Object(definition.output_schema.as_ref().unwrap().as_ref().clone());
        assert_eq!(output["type"], "object", "{name}");
        for word in ["$ref", "$defs", "uint", "\"null\"", ":true"] {
            let whole = format!("{input}{output}");
            assert!(!whole.contains(word), "{name} has {word}: {whole}");
        }
    }
}

#[test]
fn argument_limits_are_those_of_the_api() {
    let input = schema(&lists::TICKETS.tool());
    let of = |argument: &str| input["properties"][argument].clone();
    assert_eq!(of("status")["enum"], serde_json::json!(["new", "open", "pending", "resolved", "closed"]));
    assert_eq!((&of("page_size")["default"], &of("page_size")["maximum"]), (&20.into(), &100.into()));
    assert_eq!((&of("page")["default"], &of("page")["minimum"]), (&1.into(), &1.into()));
    let create = schema(&tickets::create());
    assert_eq!(create["required"], serde_json::json!(["title"]));
    assert_eq!(create["properties"]["priority"]["default"], "normal");
    assert_eq!(schema(&webhooks::trigger())["properties"]["event"]["enum"].as_array().unwrap().len(), 35);
}

#[test]
fn filter_hides_writing_and_unnamed_tools() {
    let taken = |filter: &ToolFilter| -> Vec<&'static str> {
        all().iter().filter(|tool| filter.allows(tool)).map(|tool| tool.info.name).collect()
    };
    let reading = taken(&ToolFilter { read_only: true, ..ToolFilter::default() });
    assert_eq!(reading.len(), 16);
    for name in ["cstar_create_ticket", "cstar_trigger_webhook", "cstar_replay_event"] {
        assert!(!reading.contains(&name), "{name}");
    }
    let only = vec!["cstar_get_status".into(), "cstar_list_events".into()];
    let two = ToolFilter { only, ..ToolFilter::default() };
    assert_eq!(taken(&two), ["cstar_get_status", "cstar_list_events"]);
}

#[test]
fn every_tool_is_in_a_toolset() {
    let sets = TOOLSETS.into_iter().filter(|set| *set != "read");
    let in_sets = |tool: &Tool| sets.clone().filter(|set| is_in(set, tool)).count();
    for tool in all() {
        assert!(in_sets(&tool) > 0, "{}", tool.info.name);
    }
    for set in TOOLSETS {
        let filter = ToolFilter { sets: vec![set.to_owned()], ..ToolFilter::default() };
        assert!(!filter.is_empty() && !all().iter().all(|tool| filter.allows(tool)), "{set}");
    }
    let both = ToolFilter {
        read_only: true,
        only: vec!["cstar_get_status".to_owned()],
        sets: vec!["tickets".to_owned()],
    };
    let names: Vec<_> = all().iter().filter(|tool| both.allows(tool)).map(|tool| tool.info.name).collect();
    assert_eq!(names, ["cstar_list_tickets", "cstar_get_ticket", "cstar_search", "cstar_get_status"]);
}
