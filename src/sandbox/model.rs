//! The resources of the API, each a table of fields, filters and rules, and the handlers that serve them.

pub(crate) mod api_keys;
pub(crate) mod articles;
pub(crate) mod bootstrap;
pub(crate) mod categories;
pub(crate) mod category_rules;
pub(crate) mod community_posts;
pub(crate) mod customer_groups;
pub(crate) mod customer_rules;
pub(crate) mod customers;
pub(crate) mod emit;
pub(crate) mod field;
pub(crate) mod handlers;
pub(crate) mod input;
pub(crate) mod library;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod operations;
pub(crate) mod query;
pub(crate) mod registry;
pub(crate) mod resource;
pub(crate) mod settings;
pub(crate) mod slug;
pub(crate) mod ticket_messages;
pub(crate) mod tickets;
pub(crate) mod view;
pub(crate) mod whoami;
