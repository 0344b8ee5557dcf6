//! The table of the tools that list a resource of cStar's API. The other lists have sources of their own: the history,
//! the catalogue, and webhooks, whose secrets are removed.

use super::articles::ARTICLE;
use super::customers::CUSTOMER;
use super::list_tool::FilterType::{Flag, OneOf, Sends, Text};
use super::list_tool::{ListTool, Pages};
use super::tickets::TICKET;
use crate::mcp::schema::Kind;
use crate::mcp::tool::{Effect, ToolInfo};

/// documented
pub(super) static TICKETS: ListTool = ListTool {
    info: ToolInfo {
        name: "cstar_list_tickets",
        title: "List tickets",
        description: "List support tickets of the team, one page at a time, filtered by status, priority, \
            agent, customer or text. Messages are not included: use cstar_get_ticket for a thread.",
        effect: Effect::Reads,
        longest_text: 2_000,
    },
    resource: "tickets",
    filters: &[
        (
            "status",
            "status",
            OneOf(&["new", "open", "pending", "resolved", "closed"]),
            "Only tickets with this status.",
        ),
        (
            "priority",
            "priority",
            OneOf(&["low", "normal", "high", "urgent"]),
            "Only tickets with this priority.",
        ),
        ("assigned_to", "assignedTo", Text, "Only tickets assigned to this agent, by id."),
        ("customer_id", "customerId", Text, "Only tickets of this customer, by id."),
        ("search", "search", Text, "Only tickets with this text in the title or the customer's name."),
        ("expand_customer", "expand", Sends("customer"), "Include a summary of each ticket's customer."),
    ],
    pages: Pages::Numbers("Tickets per page."),
    result: ("tickets", "The tickets of this page.", TICKET),
};

/// documented
pub(super) static CUSTOMERS: ListTool = ListTool {
    info: ToolInfo {
        name: "cstar_list_customers",
        title: "List customers",
        description: "List customers of the team, one page at a time, filtered by text, status, sentiment \
            or tag. They are people: repeat names and addresses only where the user needs them.",
        effect: Effect::Reads,
        longest_text: 2_000,
    },
    resource: "customers",
    filters: &[
        ("search", "search", Text, "Only customers with this text in their name or e-mail address."),
        ("status", "status", OneOf(&["active", "inactive"]), "Only customers with this status."),
        (
            "sentiment",
            "sentiment",
            // Pages disagree, so both sets of names are accepted.
            OneOf(&["happy", "neutral", "frustrated", "angry", "positive", "negative"]),
            "Only customers with this sentiment.",
        ),
        ("tag", "tag", Text, "Only customers with exactly this tag."),
    ],
    pages: Pages::Numbers("Customers per page."),
    result: ("customers", "The customers of this page.", CUSTOMER),
};

/// documented
pub(super) static ARTICLES: ListTool = ListTool {
    info: ToolInfo {
        name: "cstar_list_articles",
        title: "List library articles",
        description: "List articles of the team's help library, one page at a time, filtered by text, \
            status, category, visibility or tag.",
        effect: Effect::Reads,
        longest_text: 4_000,
    },
    resource: "articles",
    filters: &[
        ("search", "search", Text, "Only articles that contain this text."),
        ("status", "status", OneOf(&["draft", "published", "archived"]), "Only articles with this status."),
        ("category", "category", Text, "Only articles of this category, by its UUID."),
        ("is_public", "isPublic", Flag, "Only public articles (true), or only the others (false)."),
        ("tag", "tag", Text, "Only articles with exactly this tag."),
    ],
    pages: Pages::Numbers("Articles per page."),
    result: ("articles", "The articles of this page.", ARTICLE),
};

/// Path and filters: ours.
pub(super) static LOGS: ListTool = ListTool {
    info: ToolInfo {
        name: "cstar_list_logs",
        title: "List API request logs",
        description: "List recent requests to cStar's REST API and their responses, newest first, to find out \
            why the calls of an integration fail. Needs a secret key.",
        effect: Effect::Reads,
        longest_text: 2_000,
    },
    resource: "logs",
    filters: &[
        (
            "method",
            "method",
            OneOf(&["GET", "POST", "PATCH", "PUT", "DELETE"]),
            "Only requests with this method.",
        ),
        (
            "status",
            "status",
            Text,
            "Only requests with this response status: a number such as 404, or a class such as 4xx.",
        ),
        ("path", "path", Text, "Only requests with this path; * matches anything, ? one character."),
        ("since", "since", Text, "Only requests at this time or later, ISO 8601."),
        ("until", "until", Text, "Only requests before this time, ISO 8601."),
    ],
    pages: Pages::Cursors("Maximum number of requests."),
    result: (
        "requests",
        "Requests, newest first.",
        &[
            ("id", Kind::Text, "The request id, `req_…`"),
            ("time", Kind::Text, "ISO 8601"),
            ("method", Kind::Text, "HTTP method"),
            ("path", Kind::Text, "The path of the request"),
            ("status", Kind::Number, "HTTP status of the response"),
            ("duration_ms", Kind::Number, "Time until the response"),
            ("error_code", Kind::Text, "The error code of the API, if there was one"),
            ("key_prefix", Kind::Text, "The beginning of the key"),
            ("user_agent", Kind::Text, "User agent of the client (untrusted)"),
        ],
    ),
};
