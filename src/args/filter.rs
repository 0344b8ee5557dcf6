//! `--filter`, for every command that selects events by their body.

use crate::event::Filter;

#[derive(clap::Args, Debug, Default)]
pub(crate) struct FilterArgs {
    /// Only events whose body matches, such as data.ticket.priority=urgent; repeatable: all must match
    #[arg(long = "filter", value_name = "EXPR", value_parser = Filter::parse)]
    pub(crate) filters: Vec<Filter>,
}

/// Warnings about paths that may be mistyped.
pub(crate) fn remarks(filters: &[Filter]) -> impl Iterator<Item = String> {
    filters.iter().filter_map(|filter| Some(format!("--filter {filter}: {}", filter.remark()?)))
}
