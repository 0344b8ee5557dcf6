//! Every resource of the API.

use super::accounts::{ACCOUNTS, SESSIONS};
use super::articles::ARTICLES;
use super::automations::AUTOMATIONS;
use super::categories::CATEGORIES;
use super::community_posts::COMMUNITY_POSTS;
use super::community_replies::{COMMENTS, VOTES};
use super::custom_fields::CUSTOM_FIELDS;
use super::customer_groups::CUSTOMER_GROUPS;
use super::customers::CUSTOMERS;
use super::members::MEMBERS;
use super::messages::MESSAGES;
use super::notifications::NOTIFICATIONS;
use super::resource::Resource;
use super::settings::SETTINGS;
use super::sla_rules::SLA_RULES;
use super::tags::TAG;
use super::tickets::TICKETS;
use super::views::VIEWS;

/// Parents come before their children.
pub(crate) static ALL: [&Resource; 19] = [
    &SETTINGS,
    &MEMBERS,
    &CUSTOMERS,
    &CUSTOMER_GROUPS,
    &TICKETS,
    &MESSAGES,
    &CATEGORIES,
    &ARTICLES,
    &ACCOUNTS,
    &SESSIONS,
    &COMMUNITY_POSTS,
    &COMMENTS,
    &VOTES,
    &TAG,
    &CUSTOM_FIELDS,
    &VIEWS,
    &SLA_RULES,
    &NOTIFICATIONS,
    &AUTOMATIONS,
];

/// The resource with this name in the store.
pub(crate) fn find(kind: &str) -> Option<&'static Resource> {
    ALL.into_iter().find(|resource| resource.kind == kind)
}
