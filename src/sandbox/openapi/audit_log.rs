//! The operation that lists the audit log.

use super::fields;
use super::operation::{Operation, Parameter, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::audit_log::PAGE_SIZE;

/// `GET …/audit-log`.
pub(crate) fn list() -> Operation {
    let text = Schema::string;
    let details = Schema::free_object()
        .described("The event of the entry, the request that caused it, and the changes of an update.");
    let entry = Schema::object([
        member("id", text().pattern("^aud_[0-9A-Za-z]+$")),
        member("action", text()),
        member("resourceType", text()),
        member("resourceId", text().or_null()),
        member("actorId", text()).here().ours(),
        member("actorName", text()),
        member("details", details),
        member("createdAt", Schema::time()),
    ]);
    let entry = entry.with(Source::KEYWORD, Source::Documented.as_str()).named("AuditEntry");
    let moment = || Schema::any_of([Schema::time(), Schema::string().with("format", "date")]);
    let operation = Operation::new("listAuditLog", "Audit log", "List who changed what")
        .described("Newest first. Every event of a change has an entry with its type (ours).")
        .takes(Parameter::query("action", text(), "Only this type of event."))
        .takes(Parameter::query("resourceType", text(), "Only this type of resource, such as `ticket`."))
        .takes(Parameter::query("actorId", text(), "Only changes with this API key: its id."))
        .takes(Parameter::query("startDate", moment(), "Not before this date or time."))
        .takes(Parameter::query("endDate", moment(), "Not after this date or time."));
    let operation = fields::page(PAGE_SIZE).into_iter().fold(operation, Operation::takes);
    operation.answers(200, "A page of the log", Payload::Page(entry))
}
