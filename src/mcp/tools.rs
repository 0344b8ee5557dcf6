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

pub(crate) fn names() -> Vec<&'static str> {
    all().iter().map(|tool| tool.info.name).collect()
}

#[cfg(test)]
mod tests;
