//! The operations on tags.

use super::fields;
use super::operation::{Key, Operation, Parameter, Payload};
use super::resources::deleted;
use super::schema::Schema;
use crate::sandbox::model::tags::TAG;

const GROUP: &str = "Tags";

/// `GET …/tags`.
pub(crate) fn list() -> Operation {
    let tags = Schema::list(fields::view(&TAG));
    Operation::new("listTags", GROUP, "List tags with their counts").answers(
        200,
        "All tags",
        Payload::Data(tags),
    )
}

/// `POST …/tags`.
pub(crate) fn create() -> Operation {
    Operation::new("createTag", GROUP, "Create a tag")
        .key(Key::Secret)
        .body(fields::creation(&TAG))
        .once()
        .answers(201, "The new tag", Payload::Data(fields::view(&TAG)))
}

/// `DELETE …/tags/{name}`.
pub(crate) fn delete() -> Operation {
    Operation::new("deleteTag", GROUP, "Delete an unused tag")
        .ours()
        .key(Key::Secret)
        .takes(Parameter::path("name", Schema::string(), "The name of the tag."))
        .refuses(409)
        .answers(200, "The tag is deleted", Payload::Data(deleted()))
}
