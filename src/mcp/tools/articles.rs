//! Articles: get. Names and values are documented by cStar.

use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mcp::Backend;
use crate::mcp::schema::{Kind, Member, object_schema};
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::mcp::untrusted::NOTICE;
use crate::output::Failure;

pub(super) const ARTICLE: &[Member] = &[
    ("id", Kind::Text, "`art_…`: pass it to cstar_get_article"),
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

fn article(_: &mut SchemaGenerator) -> Schema {
    object_schema("As cStar sends it.", ARTICLE)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct GetArgs {
    /// Id of the article: `art_…`, or its UUID.
    #[schemars(length(min = 1))]
    article_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ArticleResult {
    /// How to treat the texts in this result.
    notice: &'static str,
    #[schemars(schema_with = "article")]
    article: Value,
}

/// `cstar_get_article`
pub(super) fn get() -> Tool {
    let info = ToolInfo {
        name: "cstar_get_article",
        title: "Get a library article",
        description: "Get one article of the team's help library with its content, by id.",
        effect: Effect::Reads,
        longest_text: 40_000,
    };
    Tool::new::<GetArgs, ArticleResult, _>(info, run_get)
}

async fn run_get(backend: Arc<Backend>, args: GetArgs, _: Progress) -> Result<ArticleResult, Failure> {
    let connected = backend.connect().await?;
    let article = connected.client.get(&connected.identity, "articles", &args.article_id).await?;
    Ok(ArticleResult { notice: NOTICE, article })
}
