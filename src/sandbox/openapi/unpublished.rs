//! The operations that cStar has and no public page describes (ours).

use super::operation::Operation;

/// An operation that always answers 404.
pub(crate) fn list(path: &str, id: &str) -> Operation {
    Operation::new(id, "Unpublished", format!("Refuse `{path}`, whose shape is not published"))
        .described(
            "cStar has this, but its shape is published nowhere. The sandbox answers 404 with a message.",
        )
        .ours()
        .refuses(404)
}
