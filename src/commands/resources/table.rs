//! What the commands add to the tables of the sandbox: names, columns, help and examples.

use super::verb::Verb;
use crate::output::table::{Column, Fit};
use crate::sandbox::model::articles::ARTICLES;
use crate::sandbox::model::automations::AUTOMATIONS;
use crate::sandbox::model::categories::CATEGORIES;
use crate::sandbox::model::community_posts::COMMUNITY_POSTS;
use crate::sandbox::model::custom_fields::CUSTOM_FIELDS;
use crate::sandbox::model::customer_groups::CUSTOMER_GROUPS;
use crate::sandbox::model::customers::CUSTOMERS;
use crate::sandbox::model::members::MEMBERS;
use crate::sandbox::model::resource::Resource;
use crate::sandbox::model::settings::SETTINGS;
use crate::sandbox::model::tickets::TICKETS;
use crate::sandbox::model::views::VIEWS;

/// A resource with a command of its own.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The command.
    pub(super) name: &'static str,
    /// One object, such as `ticket`.
    pub(super) one: &'static str,
    pub(super) about: &'static str,
    /// Fields, filters and values.
    pub(super) resource: &'static Resource,
    /// The member that names an object.
    pub(super) title: &'static str,
    /// Members in the order of the list, the id first.
    pub(super) columns: &'static [(&'static str, Column)],
    /// The flags of the example of `create`, and of that of `update`.
    pub(super) create_example: &'static str,
    pub(super) update_example: &'static str,
    /// An id for examples.
    pub(super) id_example: &'static str,
}

impl Entry {
    /// The path of the resource below the team.
    pub(super) fn path(&self) -> &'static str {
        if self.is_single() { "settings" } else { self.resource.path }
    }

    /// Whether there is only one object, without an id.
    pub(super) fn is_single(&self) -> bool {
        self.resource.id.is_none()
    }

    pub(super) fn verbs(&self) -> Vec<Verb> {
        let has = |verb: &Verb| match verb {
            Verb::Get => true,
            Verb::List => !self.is_single(),
            Verb::Create | Verb::Delete => self.resource.writable,
            Verb::Update => self.resource.writable || self.is_single(),
            Verb::Close | Verb::Reply | Verb::Messages => self.name == "tickets",
        };
        Verb::ALL.into_iter().filter(has).collect()
    }
}

pub(super) fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

const fn whole(title: &'static str) -> Column {
    Column::new(title, Fit::Whole)
}

const fn text(title: &'static str, least: usize) -> Column {
    Column::new(title, Fit::Truncate(least))
}

const fn extra(title: &'static str, fit: Fit) -> Column {
    Column::optional(title, fit)
}

const ID: (&str, Column) = ("id", Column::new("ID", Fit::Id));
const UPDATED: (&str, Column) = ("updatedAt", extra("UPDATED", Fit::Whole));

pub(super) static ENTRIES: [Entry; 11] = [
    Entry {
        name: "tickets",
        one: "ticket",
        about: "List, answer, change and close tickets",
        resource: &TICKETS,
        title: "title",
        columns: &[
            ID,
            ("status", whole("STATUS")),
            ("priority", whole("PRIORITY")),
            ("title", text("TITLE", 16)),
            ("customerName", extra("CUSTOMER", Fit::Truncate(8))),
            UPDATED,
            ("assignedTo", extra("ASSIGNED TO", Fit::Id)),
        ],
        create_example: "--title 'Cannot log in' --priority high --tag login",
        update_example: "--status pending --field notes=null",
        id_example: "tkt_25990cb8",
    },
    Entry {
        name: "customers",
        one: "customer",
        about: "List, create, change and delete customers",
        resource: &CUSTOMERS,
        title: "name",
        columns: &[
            ID,
            ("status", whole("STATUS")),
            ("name", text("NAME", 10)),
            ("email", text("EMAIL", 12)),
            ("ticketCount", extra("TICKETS", Fit::Right)),
            ("sentiment", extra("SENTIMENT", Fit::Whole)),
            UPDATED,
        ],
        create_example: "--name 'Jane Doe' --email jane@example.com",
        update_example: "--tag vip --sentiment happy",
        id_example: "cus_25990cb8",
    },
    Entry {
        name: "articles",
        one: "article",
        about: "List, write, change and delete articles of the library",
        resource: &ARTICLES,
        title: "title",
        columns: &[
            ID,
            ("status", whole("STATUS")),
            ("title", text("TITLE", 16)),
            ("viewCount", extra("VIEWS", Fit::Right)),
            UPDATED,
            ("tags", extra("TAGS", Fit::Truncate(6))),
        ],
        create_example: "--title 'Reset your password' --data @article.json",
        update_example: "--status published",
        id_example: "art_25990cb8",
    },
    Entry {
        name: "categories",
        one: "category",
        about: "List, create, change and delete categories of articles",
        resource: &CATEGORIES,
        title: "name",
        columns: &[
            ID,
            ("name", text("NAME", 10)),
            ("slug", extra("SLUG", Fit::Truncate(8))),
            ("isPublic", whole("PUBLIC")),
            ("sortOrder", Column::new("ORDER", Fit::Right)),
            UPDATED,
        ],
        create_example: "--name Billing --sort-order 2",
        update_example: "--public false",
        id_example: "7d444840",
    },
    Entry {
        name: "customer-groups",
        one: "customer group",
        about: "List, create, change and delete groups of customers",
        resource: &CUSTOMER_GROUPS,
        title: "name",
        columns: &[
            ID,
            ("name", text("NAME", 10)),
            ("customerCount", Column::new("CUSTOMERS", Fit::Right)),
            ("externalId", extra("EXTERNAL ID", Fit::Truncate(8))),
            UPDATED,
        ],
        create_example: "--name 'Early adopters'",
        update_example: "--description 'Before version 1'",
        id_example: "7d444840",
    },
    Entry {
        name: "posts",
        one: "post",
        about: "List, write, change and delete posts of the community",
        resource: &COMMUNITY_POSTS,
        title: "title",
        columns: &[
            ID,
            ("status", whole("STATUS")),
            ("title", text("TITLE", 16)),
            ("vote_count", extra("VOTES", Fit::Right)),
            ("comment_count", extra("COMMENTS", Fit::Right)),
            ("created_at", extra("CREATED", Fit::Whole)),
        ],
        create_example: "--title 'Dark mode' --body 'Please.'",
        update_example: "--status planned",
        id_example: "7d444840",
    },
    Entry {
        name: "automations",
        one: "automation",
        about: "List, create, change and delete automations",
        resource: &AUTOMATIONS,
        title: "name",
        columns: &[
            ID,
            ("enabled", whole("ENABLED")),
            ("triggerEvent", whole("TRIGGER")),
            ("name", text("NAME", 10)),
            ("executionCount", extra("EXECUTIONS", Fit::Right)),
            UPDATED,
        ],
        create_example: "--name Escalate --trigger-event ticket.created --data @rule.json",
        update_example: "--enabled false",
        id_example: "rule_25990cb8",
    },
    Entry {
        name: "views",
        one: "view",
        about: "List, create, change and delete saved views of lists",
        resource: &VIEWS,
        title: "name",
        columns: &[
            ID,
            ("entityType", whole("OF")),
            ("name", text("NAME", 10)),
            ("visibility", extra("VISIBILITY", Fit::Whole)),
            ("filters", extra("FILTERS", Fit::Truncate(12))),
        ],
        create_example: "--name Urgent --entity-type tickets --field filters.priority=urgent",
        update_example: "--visibility team",
        id_example: "view_25990cb8",
    },
    Entry {
        name: "custom-fields",
        one: "custom field",
        about: "List, create, change and delete custom fields of tickets and customers",
        resource: &CUSTOM_FIELDS,
        title: "name",
        columns: &[
            ID,
            ("entityType", whole("OF")),
            ("key", text("KEY", 10)),
            ("type", whole("TYPE")),
            ("name", extra("NAME", Fit::Truncate(10))),
            ("required", extra("REQUIRED", Fit::Whole)),
        ],
        create_example: "--name Plan --type select --entity-type customers --option free --option pro",
        update_example: "--required true",
        id_example: "cf_25990cb8",
    },
    Entry {
        name: "members",
        one: "member",
        about: "List the members of the team",
        resource: &MEMBERS,
        title: "name",
        columns: &[
            ID,
            ("role", whole("ROLE")),
            ("name", text("NAME", 10)),
            ("email", text("EMAIL", 12)),
            ("level", extra("LEVEL", Fit::Right)),
            ("joinedAt", extra("JOINED", Fit::Whole)),
        ],
        create_example: "",
        update_example: "",
        id_example: "mem_25990cb8",
    },
    Entry {
        name: "settings",
        one: "settings",
        about: "Show and change the settings of the team",
        resource: &SETTINGS,
        title: "teamName",
        columns: &[],
        create_example: "",
        update_example: "--default-priority high",
        id_example: "",
    },
];
