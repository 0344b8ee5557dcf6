//! Query parameters. A name that is not known is an error, because a misspelt filter would show everything.

use std::str::FromStr;

use reqwest::Url;

use super::error::ApiError;

pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Parses the query of a URL that may have these parameters, each once.
    pub(super) fn parse(raw: Option<&str>, known: &[&str]) -> Result<Self, ApiError> {
        let raw = raw.unwrap_or_default();
        let url = Url::parse(&format!("http://localhost/?{raw}"));
        let url = url.map_err(|_| ApiError::bad("the query cannot be read"))?;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in url.query_pairs() {
            if !known.contains(&name.as_ref()) {
                let names = known.join(", ");
                let hint =
                    if names.is_empty() { "leave it out".to_owned() } else { format!("known: {names}") };
                return Err(ApiError::bad(format!("there is no query parameter `{name}` here")).hint(hint));
            }
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(ApiError::bad(format!("the query parameter `{name}` is there twice")));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// The value, unless it is missing or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(own, value)| own == name && !value.is_empty());
        pair.map(|(_, value)| value.as_str())
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let parse = |text: &str| {
            text.parse()
                .map_err(|_| ApiError::bad(format!("`{name}` is not a number in its range: `{text}`")))
        };
        self.text(name).map(parse).transpose()
    }

    /// `1` or `true`, and `0` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.text(name) {
            None | Some("0" | "false") => Ok(false),
            Some("1" | "true") => Ok(true),
            Some(other) => Err(ApiError::bad(format!("`{name}` is 1 or 0, not `{other}`"))),
        }
    }

    /// The value, read by one of the parsers of the command line.
    pub(super) fn parsed<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ApiError> {
        let failed = |text: &str, why| ApiError::bad(format!("`{name}` cannot be `{text}`: {why}"));
        self.text(name).map(|text| parse(text).map_err(|why| failed(text, why))).transpose()
    }
}
