//! The scenarios that every installation has.

use super::file::Scenario;

/// Name and file.
pub(crate) const BUILT_IN: [(&str, &str); 3] = [
    ("ticket-to-survey", include_str!("built_in/ticket-to-survey.json")),
    ("escalation", include_str!("built_in/escalation.json")),
    ("customer-deleted", include_str!("built_in/customer-deleted.json")),
];

/// The built-in scenario of this name. `Err` never occurs for one that the tests know.
pub(crate) fn find(name: &str) -> Option<Result<Scenario, String>> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| Scenario::parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_scenario_is_valid() {
        for (name, text) in BUILT_IN {
            let scenario = Scenario::parse(text).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert!(!scenario.description.is_empty() && scenario.description.len() <= 60, "{name}");
            assert!(scenario.steps.len() >= 4, "{name}");
            let again = serde_json::to_string(&scenario).unwrap();
            assert_eq!(serde_json::to_string(&Scenario::parse(&again).unwrap()).unwrap(), again, "{name}");
        }
        assert!(find("no-such").is_none());
    }
}
