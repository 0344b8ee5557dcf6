//! The request that a command line describes.

use bytes::Bytes;
use http::HeaderValue;
use reqwest::Method;
use serde_json::Value;

use super::arguments::{RequestArgs, parse_version};
use super::fields;
use crate::api::{RawRequest, with_query};
use crate::args::header;
use crate::commands::{Context, input};
use crate::host::env::names;
use crate::net::BaseUrl;
use crate::output::Failure;

const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE, Method::HEAD, Method::OPTIONS];

/// The request, whose target may still contain `{team}`.
pub(super) fn build(context: &Context, args: &RequestArgs, base: &BaseUrl) -> Result<RawRequest, Failure> {
    let (method, path) = method_and_path(args)?;
    let mut target = super::path::target(path, base)?;
    let object = fields::object(&[args.text.clone(), args.typed.clone()].concat())?;
    let file = args.input.as_deref().map(|file| input::read(file, "the body")).transpose()?;
    let in_query = file.is_some() || matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
    if in_query {
        target = with_query(&target, &fields::query(&object));
    }
    let body = match file {
        Some(bytes) => Some(Bytes::from(bytes)),
        None if in_query || object.is_empty() => None,
        None => Some(Value::Object(object).to_string().into()),
    };
    let mut headers = header::map(&args.headers);
    if let Some(version) = version(context, args)? {
        headers.insert("cstar-version", version);
    }
    Ok(RawRequest { method, target, headers, body })
}

fn method_and_path(args: &RequestArgs) -> Result<(Method, &str), Failure> {
    let no_path = || Failure::usage("a path is missing").hint("for example: cstar api tickets");
    let first = args.first.as_deref().ok_or_else(no_path)?;
    if let Some(path) = &args.second {
        return Ok((method(first)?, path));
    }
    if METHODS.iter().any(|method| method.as_str() == first) {
        return Err(no_path());
    }
    let given = args.method.as_deref().map(method).transpose()?;
    let has_content = args.input.is_some() || !args.text.is_empty() || !args.typed.is_empty();
    let default = if has_content { Method::POST } else { Method::GET };
    Ok((given.unwrap_or(default), first))
}

fn method(text: &str) -> Result<Method, Failure> {
    METHODS.iter().find(|method| method.as_str().eq_ignore_ascii_case(text)).cloned().ok_or_else(|| {
        let known: Vec<&str> = METHODS.iter().map(Method::as_str).collect();
        Failure::usage(format!("`{text}` is not a method")).hint(format!("one of {}", known.join(", ")))
    })
}

/// The flag, or the environment; a header on the command line comes before both.
fn version(context: &Context, args: &RequestArgs) -> Result<Option<HeaderValue>, Failure> {
    if args.headers.iter().any(|header| header.name == "cstar-version") {
        return Ok(None);
    }
    let date = match (&args.api_version, context.env.get(names::API_VERSION)) {
        (Some(date), _) => *date,
        (None, Some(text)) => parse_version(text).map_err(|expected| {
            Failure::usage(format!("invalid value '{text}' in {}: {expected}", names::API_VERSION))
        })?,
        (None, None) => return Ok(None),
    };
    Ok(HeaderValue::from_str(&date.to_string()).ok())
}
