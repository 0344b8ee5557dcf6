//! A tool that lists a resource of cStar's API: schemas, query and result follow from a row of the table in `lists.rs`.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::{Page, Pagination, Query};
use crate::mcp::schema::{self, Member, list_schema};
use crate::mcp::tool::{Call, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

/// A tool that lists one resource of the team, a page per call.
pub(super) struct ListTool {
    pub(super) info: ToolInfo,
    /// The path of the resource in the API.
    pub(super) resource: &'static str,
    pub(super) filters: &'static [Filter],
    pub(super) pages: Pages,
    /// The list in the result: its name, its description and the members of each item.
    pub(super) result: (&'static str, &'static str, &'static [Member]),
}

/// An argument: its name, the parameter of the API, its type and its description.
pub(super) type Filter = (&'static str, &'static str, FilterType, &'static str);

pub(super) enum FilterType {
    Text,
    Flag,
    OneOf(&'static [&'static str]),
    /// A flag that sends this value.
    Sends(&'static str),
}

use FilterType::{Flag, OneOf, Sends, Text};

/// How the pages are named, with the description of the argument for their size.
pub(super) enum Pages {
    /// By number (documented).
    Numbers(&'static str),
    /// By the cursor of the previous page (ours).
    Cursors(&'static str),
}

/// The default page size (documented).
pub(super) const fn page_size() -> u32 {
    20
}

/// The position of a page in its list.
#[derive(Serialize, JsonSchema)]
struct Paging {
    /// Whether there is another page.
    has_more: bool,
    /// The `page` of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page: Option<u64>,
    /// The total number of items, if cStar reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

impl FilterType {
    fn schema(&self, about: &str) -> Value {
        match self {
            Text => json!({ "type": "string", "description": about }),
            Flag => json!({ "type": "boolean", "description": about }),
            OneOf(names) => json!({ "type": "string", "enum": names, "description": about }),
            Sends(_) => json!({ "type": "boolean", "description": about, "default": false }),
        }
    }

    /// What the API receives for the argument `value`.
    fn parameter(&self, value: &Value) -> Option<String> {
        match self {
            Sends(text) => (*value == true).then(|| (*text).to_owned()),
            _ => Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        }
    }
}

impl ListTool {
    pub(super) fn tool(&'static self) -> Tool {
        Tool::from_schemas(self.info, self.arguments(), self.output(), move |call| Box::pin(self.run(call)))
    }

    fn arguments(&self) -> Arc<JsonObject> {
        let schema = |(name, _, kind, about): &Filter| ((*name).to_owned(), kind.schema(about));
        let mut properties: JsonObject = self.filters.iter().map(schema).collect();
        let number = |about: &str, most: u32, default: u32| json!({ "type": "integer", "minimum": 1, "description": about, "maximum": most, "default": default });
        let paging = match self.pages {
            Pages::Numbers(about) => [
                ("page", number("Page number, from 1.", 1_000_000, 1)),
                ("page_size", number(about, 100, page_size())),
            ],
            Pages::Cursors(about) => [
                ("limit", number(about, 100, page_size())),
                ("after", Text.schema("Continue here: `next_after` of the previous page.")),
            ],
        };
        properties.extend(paging.map(|(name, schema)| (name.to_owned(), schema)));
        object(json!({ "type": "object", "properties": properties, "additionalProperties": false }))
    }

    fn output(&self) -> Arc<JsonObject> {
        let (name, about, members) = self.result;
        let list = list_schema(about, "As cStar sends it.", members);
        let notice = json!({ "type": "string", "description": "How to treat the texts in this result." });
        let flag = json!({ "type": "boolean", "description": "Whether there are older requests." });
        let after = Text.schema("The `after` of the next page, if there is one.");
        let mut paging = Value::Object(schema::output_schema::<Paging>().as_ref().clone());
        paging["description"] = "The position of a page in its list.".into();
        object(match self.pages {
            Pages::Numbers(_) => json!({
                "type": "object",
                "properties": { "notice": notice, name: list, "pagination": paging },
                "required": ["notice", name, "pagination"],
            }),
            Pages::Cursors(_) => json!({
                "type": "object",
                "properties": { "notice": notice, name: list, "has_more": flag, "next_after": after },
                "required": ["notice", name, "has_more"],
            }),
        })
    }

    async fn run(&self, call: Call) -> Result<Value, Failure> {
        let connected = call.backend.connect().await?;
        let given = |name: &str| call.arguments.get(name);
        let number = |name: &str, default: u32| given(name).and_then(Value::as_u64).unwrap_or(default.into());
        let mut query = Query::default();
        for (name, parameter, kind, _) in self.filters {
            query = query.with(parameter, given(name).and_then(|value| kind.parameter(value)));
        }
        let query = match self.pages {
            Pages::Numbers(_) => query
                .with("page", Some(number("page", 1)))
                .with("pageSize", Some(number("page_size", page_size()))),
            Pages::Cursors(_) => query
                .with("limit", Some(number("limit", page_size())))
                .with("after", given("after").and_then(Value::as_str)),
        };
        let Page { items, pagination } =
            connected.client.list(&connected.identity, self.resource, &query).await?;
        let has_more = pagination.as_ref().is_some_and(Pagination::has_more);
        let Pagination { page, total, after, .. } = pagination.unwrap_or_default();
        let mut result = json!({ "notice": NOTICE, self.result.0: items });
        match self.pages {
            Pages::Numbers(_) => {
                let next_page = has_more.then(|| page.unwrap_or(number("page", 1)) + 1);
                result["pagination"] = json!(Paging { has_more, next_page, total });
            }
            Pages::Cursors(_) => {
                result["has_more"] = has_more.into();
                if let Some(after) = after.filter(|_| has_more) {
                    result["next_after"] = after.into();
                }
            }
        }
        Ok(result)
    }
}

fn object(schema: Value) -> Arc<JsonObject> {
    Arc::new(schema.as_object().cloned().unwrap_or_default())
}
