//! The arguments of `cstar api`.

use std::path::PathBuf;

use jiff::civil::Date;

use super::fields::{self, Field};
use crate::args::header::{self, Header};
use crate::output::jq::JqProgram;

#[derive(clap::Args, Debug)]
pub(super) struct RequestArgs {
    /// GET, POST, PATCH, PUT, DELETE or HEAD, then PATH; or PATH alone
    #[arg(value_name = "METHOD|PATH")]
    pub(super) first: Option<String>,
    /// What to request, such as tickets/tkt_a1B2 or 'tickets?status=open'
    #[arg(value_name = "PATH")]
    pub(super) second: Option<String>,
    /// The method, as in `gh api`
    #[arg(short = 'X', long, value_name = "METHOD", conflicts_with = "second")]
    pub(super) method: Option<String>,
    /// Add a field with text, in a JSON body, or in the query of a GET
    #[arg(short = 'f', long = "raw-field", value_name = "KEY=TEXT", value_parser = fields::parse_text)]
    pub(super) text: Vec<Field>,
    /// Add a field with JSON, text, or @FILE: true, 7, null, '{"a":1}'
    #[arg(short = 'F', long = "field", value_name = "KEY=JSON", value_parser = fields::parse_typed)]
    pub(super) typed: Vec<Field>,
    /// Send this file as the body; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) input: Option<PathBuf>,
    /// Add or replace a header
    #[arg(short = 'H', long = "header", value_name = "NAME:VALUE", value_parser = parse_header)]
    pub(super) headers: Vec<Header>,
    /// Follow the pages of a list, with 100 items each
    #[arg(long)]
    pub(super) paginate: bool,
    /// Print all pages as one array
    #[arg(long, requires = "paginate")]
    pub(super) slurp: bool,
    /// Print what this jq program selects from the response
    #[arg(long, value_name = "PROGRAM", conflicts_with = "silent")]
    pub(super) jq: Option<JqProgram>,
    /// Print the status and the headers too
    #[arg(short, long, conflicts_with = "slurp")]
    pub(super) include: bool,
    /// Do not print the body
    #[arg(long)]
    pub(super) silent: bool,
    /// Print the request as a curl command instead of sending it; the key is $CSTAR_API_KEY
    #[arg(long, conflicts_with_all = ["paginate", "jq", "include", "silent"])]
    pub(super) dry_run: bool,
    /// Use this version of the API, a date [env: CSTAR_API_VERSION] [default: 2026-03-01]
    #[arg(long, value_name = "DATE", value_parser = parse_version)]
    pub(super) api_version: Option<Date>,
    /// Do not ask before a write with a live key
    #[arg(short, long)]
    pub(super) yes: bool,
}

/// The key has flags of its own, and the host follows from the address.
fn parse_header(text: &str) -> Result<Header, String> {
    let header = header::parse(text)?;
    match header.name.as_str() {
        "authorization" => Err("the key is chosen with --api-key, --profile or CSTAR_API_KEY".to_owned()),
        "host" => Err("the host is that of --base-url".to_owned()),
        _ => Ok(header),
    }
}

/// documented: versions are dates.
pub(super) fn parse_version(text: &str) -> Result<Date, &'static str> {
    let date: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
    date.ok_or("expected a date such as 2026-03-01")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_versions_are_dates() {
        assert_eq!(parse_version("2025-12-10").map(|date| date.to_string()).as_deref(), Ok("2025-12-10"));
        for bad in ["", "2026-3-1", "2026-02-30", "latest", "20260301", "2026-03-01T00:00"] {
            assert!(parse_version(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn headers_of_the_key_are_refused() {
        assert!(parse_header("Authorization: Bearer x").unwrap_err().contains("--api-key"));
        assert!(parse_header("Host: x").unwrap_err().contains("--base-url"));
        assert!(parse_header("Idempotency-Key: x").is_ok());
    }
}
