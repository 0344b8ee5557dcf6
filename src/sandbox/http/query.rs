//! Query strings: parameters, whole numbers, and pages.

use axum::extract::Query;
use axum::http::Uri;

use super::error::ApiError;

/// The largest page (documented).
pub(crate) const MAX_PAGE_SIZE: u64 = 100;
/// The parameters of a query string, in order. Of a repeated parameter the last value counts.
#[derive(Debug)]
pub(crate) struct Params(pub(crate) Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(uri: &Uri) -> Result<Self, ApiError> {
        Query::try_from_uri(uri)
            .map(|Query(params)| Self(params))
            .map_err(|_| ApiError::parameter_invalid("query", "The query string cannot be read."))
    }

    /// The same from a body.
    pub(crate) fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a parameter, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1 on.
    pub(crate) number: u64,
    pub(crate) size: u64,
}

impl Page {
    /// `page` from 1 on, `pageSize` up to 100 (documented). Anything else is refused (ours).
    pub(crate) fn from_params(params: &Params, default_size: u64) -> Result<Self, ApiError> {
        Ok(Self {
            number: number(params, "page", 1, u64::from(u32::MAX))?.unwrap_or(1),
            size: number(params, "pageSize", 1, MAX_PAGE_SIZE)?.unwrap_or(default_size),
        })
    }

    pub(crate) fn offset(self) -> u64 {
        (self.number - 1) * self.size
    }
}

/// A parameter that is a whole number.
pub(crate) fn number(
    params: &Params,
    name: &'static str,
    min: u64,
    max: u64,
) -> Result<Option<u64>, ApiError> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && (min..=max).contains(&number) => Ok(Some(number)),
        _ => {
            let message = format!("The '{name}' parameter must be a whole number from {min} to {max}.");
            Err(ApiError::parameter_invalid(name, message))
        }
    }
}
