//! The search in all resources.

use super::operation::{Operation, Parameter, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::http::query::MAX_PAGE_SIZE;
use crate::sandbox::model::query::MAX_SEARCH;
use crate::sandbox::model::search::{DEFAULT_LIMIT, MARKER, SEARCHED};

/// `GET …/search`.
pub(crate) fn search() -> Operation {
    let paths = SEARCHED.each_ref().map(|searched| searched.resource.path);
    let kinds = SEARCHED.each_ref().map(|searched| searched.resource.kind);
    let result = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("type", Schema::choice(&kinds)),
        member("id", Schema::string()),
        member("title", Schema::string()),
        member("snippet", Schema::string()),
    ]);
    let result = result.with(Source::KEYWORD, Source::Documented.as_str()).named("SearchResult");
    let text = Schema::string().length(1, MAX_SEARCH).not_blank();
    let limit = Schema::integer(1, i64::try_from(MAX_PAGE_SIZE).unwrap_or(i64::MAX));
    Operation::new("search", "Search", "Search tickets, customers and articles")
        .described("The order of the results is ours: matches in the title first, then the newest.")
        .takes(
            Parameter::query("q", text, "Text in the objects. Case does not matter.")
                .required()
                .example("reset"),
        )
        .takes(
            Parameter::query(
                "types",
                Schema::list(Schema::choice(&paths)),
                "What to search, separated by commas. The default is all.",
            )
            .commas(),
        )
        .takes(Parameter::query(
            "limit",
            limit.with("default", DEFAULT_LIMIT),
            "The maximum number of results.",
        ))
        .answers(200, "The best matches", Payload::Data(Schema::list(result)))
}
