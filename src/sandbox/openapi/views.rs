//! The operation that runs a saved view.

use super::fields;
use super::operation::{Operation, Payload};
use super::schema::Schema;
use crate::sandbox::model::view_results::ENTITIES;
use crate::sandbox::model::views::VIEWS;

/// `GET …/views/{id}/results`.
pub(crate) fn results() -> Operation {
    let operation = Operation::new("runView", "Views", "List the objects of a view")
        .described(
            "The filters are those of the list of the `entityType`; others are ignored. Objects are sorted by \
             `createdAt`, by what that list is sorted by, or, up to 1,000 of them, by any member.",
        )
        .ours()
        .takes(fields::by_id(&VIEWS));
    let object = Schema::any_of(ENTITIES.iter().copied().map(fields::view));
    fields::page(20).into_iter().fold(operation, Operation::takes).answers(
        200,
        "A page of the objects",
        Payload::Page(object),
    )
}
