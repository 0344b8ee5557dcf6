//! The tools, one file per group, and the filter of those that are offered.

mod articles;
mod customers;
mod deliveries;
mod events;
mod identity;
mod list_tool;
mod lists;
mod replay;
mod search;
mod signature;
mod status;
mod ticket_changes;
mod tickets;
mod wait;
mod webhooks;

use super::tool::Tool;

#[derive(Clone, Debug, Default)]
pub(crate) struct ToolFilter {
    /// Leave out every tool that changes data.
    pub(crate) read_only: bool,
    /// Only these and those of `sets`; all if both are empty.
    pub(crate) only: Vec<String>,
    /// Names of [`TOOLSETS`].
    pub(crate) sets: Vec<String>,
}

impl ToolFilter {
    pub(super) fn allows(&self, tool: &Tool) -> bool {
        let named = self.only.is_empty() && self.sets.is_empty()
            || self.only.iter().any(|name| name == tool.info.name)
            || self.sets.iter().any(|set| is_in(set, tool));
        named && !(self.read_only && tool.info.effect.writes())
    }

    /// Whether no tool is left.
    pub(crate) fn is_empty(&self) -> bool {
        !all().iter().any(|tool| self.allows(tool))
    }
}

/// The names of `--toolsets`.
pub(crate) const TOOLSETS: [&str; 8] =
    ["read", "tickets", "customers", "articles", "webhooks", "deliveries", "signatures", "account"];

fn is_in(set: &str, tool: &Tool) -> bool {
    let names: &[&str] = match set {
        "read" => return !tool.info.effect.writes(),
        "tickets" => &[
            "cstar_list_tickets",
            "cstar_get_ticket",
            "cstar_create_ticket",
            "cstar_reply_to_ticket",
            "cstar_update_ticket",
            "cstar_search",
        ],
        "customers" => &["cstar_list_customers", "cstar_get_customer", "cstar_search"],
        "articles" => &["cstar_list_articles", "cstar_get_article", "cstar_search"],
        "webhooks" => {
            &["cstar_list_webhooks", "cstar_trigger_webhook", "cstar_list_events", "cstar_wait_for_event"]
        }
        "deliveries" => &["cstar_list_deliveries", "cstar_explain_delivery", "cstar_replay_event"],
        "signatures" => &["cstar_verify_signature", "cstar_verify_identity"],
        "account" => &["cstar_get_status", "cstar_list_logs"],
        _ => &[],
    };
    names.contains(&tool.info.name)
}

/// Every tool: those for the resources of cStar, then ours for debugging.
pub(super) fn all() -> Vec<Tool> {
    vec![
        lists::TICKETS.tool(),
        tickets::get(),
        tickets::create(),
        ticket_changes::reply(),
        ticket_changes::update(),
        lists::CUSTOMERS.tool(),
        customers::get(),
        lists::ARTICLES.tool(),
        articles::get(),
        search::tool(),
        webhooks::trigger(),
        status::get(),
        events::list(),
        wait::tool(),
        deliveries::list(),
        deliveries::explain(),
        replay::tool(),
        signature::tool(),
        identity::tool(),
        lists::LOGS.tool(),
        webhooks::list(),
    ]
}

/// The names of [`all`], which makes a schema for each. That takes longer than the rest of the start of `cstar`.
pub(crate) const NAMES: [&str; 21] = [
    "cstar_list_tickets",
    "cstar_get_ticket",
    "cstar_create_ticket",
    "cstar_reply_to_ticket",
    "cstar_update_ticket",
    "cstar_list_customers",
    "cstar_get_customer",
    "cstar_list_articles",
    "cstar_get_article",
    "cstar_search",
    "cstar_trigger_webhook",
    "cstar_get_status",
    "cstar_list_events",
    "cstar_wait_for_event",
    "cstar_list_deliveries",
    "cstar_explain_delivery",
    "cstar_replay_event",
    "cstar_verify_signature",
    "cstar_verify_identity",
    "cstar_list_logs",
    "cstar_list_webhooks",
];

#[cfg(test)]
mod tests;
