//! Articles of the library: list. Names, filters and values are documented by cStar.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::paging::{self, Paging};
use super::tickets::wire;
use crate::api::Query;
use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, list_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

const ARTICLE: &[Member] = &[
    ("id", Kind::Text, "`art_…`"),
    ("title", Kind::Text, "Text"),
    ("slug", Kind::Text, "Its name in URLs"),
    ("excerpt", Kind::Text, "Text"),
    ("content", Kind::Text, "Markdown; cut if it is long"),
    ("categoryId", Kind::Text, "UUID"),
    ("status", Kind::Text, "draft, published or archived"),
    ("tags", Kind::Texts, "Array of strings"),
    ("isPublic", Kind::Flag, "Whether it is public"),
    ("viewCount", Kind::Number, "Number of views"),
    ("publishedAt", Kind::Text, "ISO 8601"),
    ("createdAt", Kind::Text, "ISO 8601"),
    ("updatedAt", Kind::Text, "ISO 8601"),
];

fn articles(_: &mut SchemaGenerator) -> Schema {
    list_schema("The articles of this page.", "As cStar sends it.", ARTICLE)
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Draft,
    Published,
    Archived,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct ListArgs {
    /// Only articles that contain this text.
    #[serde(default)]
    #[schemars(with = "String")]
    search: Option<String>,
    /// Only articles with this status.
    #[serde(default)]
    #[schemars(with = "Status")]
    status: Option<Status>,
    /// Only articles of this category, by its UUID.
    #[serde(default)]
    #[schemars(with = "String")]
    category: Option<String>,
    /// Only public articles (true), or only the others (false).
    #[serde(default)]
    #[schemars(with = "bool")]
    is_public: Option<bool>,
    /// Only articles with exactly this tag.
    #[serde(default)]
    #[schemars(with = "String")]
    tag: Option<String>,
    /// Page number, from 1.
    #[serde(default = "paging::first_page")]
    #[schemars(range(min = 1, max = 1_000_000))]
    page: u32,
    /// Articles per page.
    #[serde(default = "paging::page_size")]
    #[schemars(range(min = 1, max = 100))]
    page_size: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ArticleList {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "articles")]
    articles: Vec<Value>,
    pagination: Paging,
}

/// `cstar_list_articles`
pub(super) fn list() -> Tool {
    let info = ToolInfo {
        name: "cstar_list_articles",
        title: "List library articles",
        description: "List articles of the team's help library, one page at a time, filtered by text, \
            status, category, visibility or tag.",
        effect: Effect::Reads,
        longest_text: 4_000,
    };
    Tool::new::<ListArgs, ArticleList, _>(info, run_list)
}

async fn run_list(backend: Arc<Backend>, args: ListArgs, _: Progress) -> Result<ArticleList, Failure> {
    let connected = backend.connect().await?;
    let query = Query::default()
        .with("search", args.search)
        .with("status", args.status.and_then(wire))
        .with("category", args.category)
        .with("isPublic", args.is_public)
        .with("tag", args.tag)
        .with("page", Some(args.page))
        .with("pageSize", Some(args.page_size));
    let page = connected.client.list(&connected.identity, "articles", &query).await?;
    let pagination = Paging::from_page(&page, args.page);
    Ok(ArticleList { notice: NOTICE, articles: page.items, pagination })
}
