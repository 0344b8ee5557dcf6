//! Every resource of the API.

use super::articles::ARTICLES;
use super::categories::CATEGORIES;
use super::community_posts::COMMUNITY_POSTS;
use super::customer_groups::CUSTOMER_GROUPS;
use super::customers::CUSTOMERS;
use super::members::MEMBERS;
use super::messages::MESSAGES;
use super::resource::Resource;
use super::settings::SETTINGS;
use super::tags::TAG;
use super::tickets::TICKETS;

/// Parents come before their children.
pub(crate) static ALL: [&Resource; 10] = [
    &SETTINGS,
    &MEMBERS,
    &CUSTOMERS,
    &CUSTOMER_GROUPS,
    &TICKETS,
    &MESSAGES,
    &CATEGORIES,
    &ARTICLES,
    &COMMUNITY_POSTS,
    &TAG,
];
