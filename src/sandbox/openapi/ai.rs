//! The operation with canned results of an assistant.

use super::operation::{Key, Operation, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::ai::{IMPROVE, MARKER, ON_TICKETS};
use crate::sandbox::model::field::LONG;

/// `POST …/ai`.
pub(crate) fn run() -> Operation {
    let ticket = Schema::string().length(1, 100).not_blank();
    let text = Schema::string().length(1, LONG).not_blank();
    let free = |schema: &Schema| schema.clone().or_null();
    let on_ticket = Schema::object([
        member("action", Schema::choice(ON_TICKETS)),
        member("ticketId", ticket.clone()),
        member("text", free(&text)).optional(),
    ]);
    let on_text = Schema::object([
        member("action", Schema::constant(IMPROVE)),
        member("text", text),
        member("ticketId", free(&ticket)).optional(),
    ]);
    let actions: Vec<&str> = ON_TICKETS.iter().copied().chain([IMPROVE]).collect();
    let result = Schema::object([
        member("suggestion", Schema::string()).optional(),
        member("summary", Schema::string()).optional().ours(),
        member("tags", Schema::list(Schema::string())).optional().ours(),
    ]);
    let result = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("action", Schema::choice(&actions)),
        member("result", result),
    ]);
    Operation::new("runAi", "AI", "Tag, answer or summarize a ticket, or improve a text")
        .described(
            "The results are canned: the same ticket or text always gets the same one, and every text begins with \
             `[canned by the sandbox]`. The results for tickets are ours.",
        )
        .key(Key::Secret)
        .body(Schema::any_of([on_ticket, on_text]).named("AIRequestCreation"))
        .once()
        .refuses(404)
        .answers(
            200,
            "The result",
            Payload::Data(result.with(Source::KEYWORD, Source::Documented.as_str()).named("AIResult")),
        )
}
