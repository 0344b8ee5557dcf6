//! The objects of a running sandbox: the ids that the resource commands take.

use crate::sandbox::model::registry;

/// The path below the team of the objects whose ids the argument `arg` of the command at `path` takes.
pub(super) fn path_of(path: &str, arg: &str) -> Option<&'static str> {
    let mut words = path.split(' ');
    let named = match arg {
        "id" => words.next()?,
        "ids" if path.starts_with("bulk ") => words.next_back()?,
        "customerId" => "customers",
        "assignedTo" => "members",
        "categoryId" => "categories",
        // A filter; as a member it is a name.
        "category" if path.ends_with(" list") => "categories",
        _ => return None,
    };
    if named == "tags" {
        return Some("tags");
    }
    let paths = registry::ALL.into_iter().map(|resource| resource.path);
    paths.filter(|path| !path.is_empty()).find(|path| path.rsplit('/').next() == Some(named))
}

/// The member that describes an object, beside its id. A tag has only a name.
pub(super) const DESCRIBED_BY: [&str; 3] = ["title", "name", "email"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_name_their_objects() {
        for (path, arg, wanted) in [
            ("tickets get", "id", Some("tickets")),
            ("posts delete", "id", Some("community/posts")),
            ("tags delete", "id", Some("tags")),
            ("bulk update articles", "ids", Some("articles")),
            ("tickets create", "customerId", Some("customers")),
            ("history show", "id", None),
            ("replay", "ids", None),
            ("tickets list", "status", None),
        ] {
            assert_eq!(path_of(path, arg), wanted, "{path} {arg}");
        }
    }
}
