//! The operations of the public library. The paths and `data` are documented; the envelope is that of the API (ours).

use super::fields;
use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, member};
use crate::sandbox::http::query::MAX_PAGE_SIZE;
use crate::sandbox::model::articles::ARTICLES;
use crate::sandbox::model::categories::CATEGORIES;
use crate::sandbox::model::library::{HITS, INTERNAL};
use crate::sandbox::model::library_stats;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Public library", summary).key(Key::None)
}

fn paged(operation: Operation, default_size: u64) -> Operation {
    fields::page(default_size).into_iter().fold(operation, Operation::takes)
}

/// An article without its internal members.
fn public_article() -> Schema {
    Schema::object(fields::members(&ARTICLES, &INTERNAL)).named("PublicArticle")
}

fn by_slug() -> Parameter {
    Parameter::path("slug", Schema::string(), "The slug of the article.")
}

/// `GET …/articles`.
pub(crate) fn articles() -> Operation {
    let category = || Schema::string();
    paged(operation("listPublicArticles", "List published articles"), ARTICLES.page_size)
        .takes(Parameter::query("limit", Schema::integer(1, 100), "Another name of `pageSize`."))
        .takes(Parameter::query(
            "sort",
            Schema::choice(&library_stats::SORTS).with("x-cstar-source", "ours"),
            "`popular`: by the recorded views, most first.",
        ))
        .takes(Parameter::query("search", Schema::string(), "Text in the article. Case does not matter."))
        .takes(Parameter::query("categorySlug", category(), "The slug of a category, or its id."))
        .takes(Parameter::query("category", category(), "Another name of `categorySlug`."))
        .answers(200, "A page of articles", Payload::Page(public_article()))
}

/// `GET …/articles/{slug}`.
pub(crate) fn article() -> Operation {
    operation("getPublicArticle", "Read a published article").takes(by_slug()).answers(
        200,
        "The article",
        Payload::Data(public_article()),
    )
}

/// `POST …/articles/{slug}/view`.
pub(crate) fn view() -> Operation {
    operation("viewPublicArticle", "Count a view").takes(by_slug()).answers(
        200,
        "The updated counts",
        Payload::Data(counts()),
    )
}

/// `POST …/articles/{slug}/feedback`.
pub(crate) fn feedback() -> Operation {
    let rating = Schema::any_of([Schema::string(), Schema::number(), Schema::boolean()]);
    let rating = rating.described(
        "`helpful` and words like it, `true`, 1, and 4 or more of 5 stars count as helped; anything else does not.",
    );
    operation("ratePublicArticle", "Rate an article as helpful or not")
        .takes(by_slug())
        .body(Schema::object([member("rating", rating)]).named("Feedback"))
        .answers(200, "The updated counts", Payload::Data(counts()))
}

fn counts() -> Schema {
    let count = || Schema::count_from(0);
    Schema::object([
        member("slug", Schema::string()),
        member("viewCount", count()),
        member("useCount", count()),
    ])
    .with("x-cstar-source", "ours")
    .named("ReaderCounts")
}

/// `GET …/categories`.
pub(crate) fn categories() -> Operation {
    paged(operation("listPublicCategories", "List public categories"), MAX_PAGE_SIZE).answers(
        200,
        "A page of categories",
        Payload::Page(fields::view(&CATEGORIES)),
    )
}

/// `GET …/stats`.
pub(crate) fn stats() -> Operation {
    let names = ["totalArticles", "totalCategories", "totalViews", "totalHelpful"];
    let totals = Schema::object(names.map(|name| member(name, Schema::count_from(0))));
    operation("getLibraryStats", "Count what readers see").ours().answers(
        200,
        "The totals",
        Payload::Data(totals.named("LibraryStats")),
    )
}

/// `GET …/search`.
pub(crate) fn search() -> Operation {
    let limit = Schema::integer(1, 100).with("default", HITS);
    operation("searchPublicArticles", "Search published articles")
        .takes(
            Parameter::query(
                "q",
                Schema::string().with("minLength", 1),
                "Text in the article. Case does not matter.",
            )
            .required(),
        )
        .takes(Parameter::query("limit", limit, "The maximum number of articles."))
        .answers(200, "The newest matches", Payload::Page(public_article()))
}
