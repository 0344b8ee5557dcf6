//! The tools, one file per group, and the filter of those that are offered.

mod customers;
mod deliveries;
mod events;
mod list_tool;
mod lists;
mod replay;
mod signature;
mod status;
mod tickets;
mod wait;
mod webhooks;

use super::tool::Tool;

#[derive(Clone, Debug, Default)]
pub(crate) struct ToolFilter {
    /// Leave out every tool that changes data.
    pub(crate) read_only: bool,
    /// Only these; empty means all.
    pub(crate) only: Vec<String>,
}

impl ToolFilter {
    pub(super) fn allows(&self, tool: &Tool) -> bool {
        let named = self.only.is_empty() || self.only.iter().any(|name| name == tool.info.name);
        named && !(self.read_only && tool.info.effect.writes())
    }

    /// Whether no tool is left.
    pub(crate) fn is_empty(&self) -> bool {
        !all().iter().any(|tool| self.allows(tool))
    }
}

/// Every tool: the nine that cStar documents, then ours for debugging.
pub(super) fn all() -> Vec<Tool> {
    vec![
        lists::TICKETS.tool(),
        tickets::get(),
        tickets::create(),
        lists::CUSTOMERS.tool(),
        customers::get(),
        lists::ARTICLES.tool(),
        webhooks::trigger(),
        status::get(),
        events::list(),
        wait::tool(),
        deliveries::list(),
        deliveries::explain(),
        replay::tool(),
        signature::tool(),
        lists::LOGS.tool(),
        webhooks::list(),
    ]
}

/// The names of [`all`], which makes a schema for each. That takes longer than the rest of the start of `cstar`.
pub(crate) const NAMES: [&str; 16] = [
    "cstar_list_tickets",
    "cstar_get_ticket",
    "cstar_create_ticket",
    "cstar_list_customers",
    "cstar_get_customer",
    "cstar_list_articles",
    "cstar_trigger_webhook",
    "cstar_get_status",
    "cstar_list_events",
    "cstar_wait_for_event",
    "cstar_list_deliveries",
    "cstar_explain_delivery",
    "cstar_replay_event",
    "cstar_verify_signature",
    "cstar_list_logs",
    "cstar_list_webhooks",
];

#[cfg(test)]
mod tests;
