//! A guide per language: how to verify signatures and receive events.

/// A guide on verifying signatures and receiving events.
pub(super) struct Guide {
    /// As in the URI.
    pub(super) language: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

macro_rules! guides {
    ($($language:literal $title:literal,)*) => {
        &[$(Guide {
            language: $language,
            title: $title,
            text: include_str!(concat!("guides/", $language, ".md")),
        }),*]
    };
}

/// One per language.
pub(super) static GUIDES: &[Guide] = guides![
    "node" "Node.js with Express",
    "python" "Python with Flask",
    "rust" "Rust with axum",
    "go" "Go with net/http",
    "php" "PHP",
    "ruby" "Ruby with Sinatra",
];

pub(super) fn guide(language: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.language.eq_ignore_ascii_case(language))
}
