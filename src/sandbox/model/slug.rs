//! Slugs: names in URLs, unique per kind of object.

use rusqlite::types::Value as Sql;

use crate::sandbox::store::change::Change;
use crate::sandbox::store::object::Body;

pub(crate) const FACET: &str = "slug";
/// In characters, without the number of a duplicate.
const MAX: usize = 80;

/// A slug for `title` that no other object of the kind has.
pub(crate) fn unique(change: &Change<'_>, kind: &str, title: &str) -> rusqlite::Result<String> {
    let base = from_title(title);
    let mut slug = base.clone();
    let mut number = 1_u32;
    while change.count(kind, FACET, &Sql::Text(slug.clone()))? > 0 {
        number += 1;
        slug = format!("{base}-{number}");
    }
    Ok(slug)
}

/// `Reset your password!` becomes `reset-your-password`. Letters of all scripts are kept.
pub(crate) fn from_title(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words.map(str::to_lowercase) {
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
        if slug.chars().count() >= MAX {
            break;
        }
    }
    let slug: String = slug.chars().take(MAX).collect();
    if slug.is_empty() { "untitled".to_owned() } else { slug }
}

pub(crate) fn facet(body: &Body, filter_values: &mut Vec<(&'static str, Sql)>) {
    filter_values.push((FACET, Sql::Text(crate::sandbox::model::resource::text(body, FACET).to_owned())));
}

#[cfg(test)]
mod tests {
    use crate::sandbox::model::slug::from_title;

    #[test]
    fn slug_has_words_and_hyphens() {
        assert_eq!(from_title("  Reset your -- password! "), "reset-your-password");
        assert_eq!(from_title("Größe & Maße"), "größe-maße");
        assert_eq!(from_title("?!"), "untitled");
        assert_eq!(from_title(&"x".repeat(500)).len(), 80);
    }
}
