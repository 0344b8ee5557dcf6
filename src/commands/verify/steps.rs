//! `--explain`: how the signature is computed from the bytes, step by step.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::captured::Captured;
use crate::output::format::pluralize;
use crate::output::sanitize::sanitize;
use crate::output::style;
use crate::signature::{self, SignatureError};

/// The most bytes that are shown of the beginning and of the end.
const SHOWN: usize = 48;
const SHOWN_FIRST: usize = 72;

pub(super) struct Steps<'a> {
    request: &'a Captured,
    secret_from: String,
    tolerance: u64,
    now: i64,
    timestamp: Option<i64>,
    /// The signatures of the header, as they are.
    sent: Vec<&'a str>,
    /// The HMAC of the signed bytes; `None` if the header cannot be read.
    computed: Option<String>,
    /// The prefix before the body.
    prefix: String,
    error: Option<&'a SignatureError>,
    causes: Vec<signature::Cause>,
}

pub(super) struct Check<'a> {
    pub(super) secret: &'a str,
    pub(super) secret_from: &'a str,
    pub(super) tolerance: std::time::Duration,
    pub(super) now: i64,
    pub(super) error: Option<&'a SignatureError>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(request: &'a Captured, check: &Check<'a>) -> Self {
        let header = request.signature.as_deref().unwrap_or_default().trim();
        let legacy = header.strip_prefix("sha256=").map(str::trim);
        let items = header.split(',').filter_map(|item| item.split_once('='));
        let named = |wanted: &'a str| items.clone().filter(move |(name, _)| name.trim() == wanted);
        let timestamp: Option<i64> = named("t").next().and_then(|(_, time)| time.trim().parse().ok());
        let sent = match legacy {
            Some(tag) => vec![tag],
            None => named("v1").map(|(_, tag)| tag.trim()).collect(),
        };
        let is_readable = !sent.is_empty() && (legacy.is_some() || timestamp.is_some());
        let timestamp = timestamp.filter(|_| legacy.is_none());
        let computed = is_readable.then(|| signature::expected(&request.body, check.secret, timestamp));
        let header = request.signature.as_deref();
        let causes = match check.error {
            Some(_) => signature::explain(&request.body, header, check.secret, check.now, check.tolerance),
            None => Vec::new(),
        };
        Self {
            request,
            secret_from: format!(
                "{}, {}",
                check.secret_from,
                pluralize(check.secret.chars().count() as u64, "character")
            ),
            tolerance: check.tolerance.as_secs(),
            now: check.now,
            timestamp,
            sent,
            computed,
            prefix: timestamp.map(|time| format!("{time}.")).unwrap_or_default(),
            error: check.error,
            causes,
        }
    }

    fn signed_bytes(&self) -> usize {
        self.prefix.len() + self.request.body.len()
    }

    /// The first and the last of the signed bytes, escaped; one part if all are shown.
    fn shown(&self) -> (String, Option<String>) {
        let body = self.request.body.as_slice();
        let escaped = |bytes: &[u8]| bytes.escape_ascii().to_string().replace("\\\"", "\"");
        if body.len() <= SHOWN_FIRST + SHOWN {
            return (format!("{}{}", self.prefix, escaped(body)), None);
        }
        let first = body.get(..SHOWN_FIRST).unwrap_or_default();
        let last = body.get(body.len() - SHOWN..).unwrap_or_default();
        (format!("{}{}", self.prefix, escaped(first)), Some(escaped(last)))
    }

    fn is_equal(&self, sent: &str) -> bool {
        self.computed.as_deref().is_some_and(|computed| computed.eq_ignore_ascii_case(sent))
    }

    pub(super) fn to_json(&self) -> Value {
        let (first, last) = self.shown();
        json!({
            "valid": self.error.is_none(),
            "scheme": if self.timestamp.is_some() { "v1" } else { "sha256" },
            "timestamp": self.timestamp,
            "age_seconds": self.timestamp.map(|time| self.now.saturating_sub(time)),
            "source": self.request.origin,
            "header": self.request.signature,
            "signed": {
                "prefix": self.prefix,
                "body_bytes": self.request.body.len(),
                "bytes": self.signed_bytes(),
                "first": first,
                "last": last,
            },
            "secret": self.secret_from,
            "computed": self.computed,
            "compared": self.sent.iter().map(|sent| json!({ "sent": sent, "equal": self.is_equal(sent) })).collect::<Vec<_>>(),
            "tolerance_seconds": self.tolerance,
            "error": self.error.map(ToString::to_string),
            "causes": self.causes.iter().map(|cause| json!({ "code": cause.code(), "text": cause.to_string() })).collect::<Vec<_>>(),
        })
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("Signature of {}", style::strong(&self.request.origin))];
        let mut step =
            |name: &str, text: &str| lines.push(format!("  {}  {text}", style::dim(&format!("{name:8}"))));
        step("header", &self.request.signature.as_deref().map_or_else(|| "(none)".to_owned(), sanitize));
        match (self.timestamp, self.computed.is_some()) {
            (Some(time), _) => step("time", &format!("t = {time}{}", date(time))),
            (None, true) => step("time", "none: the old form `sha256=` signs the body alone"),
            (None, false) => step("time", "the header cannot be read"),
        }
        let (body, all) = (self.request.body.len() as u64, self.signed_bytes() as u64);
        let prefix = if self.prefix.is_empty() { String::new() } else { format!("`{}` and ", self.prefix) };
        step(
            "signed",
            &format!("{prefix}the body of {}: {} in all", pluralize(body, "byte"), pluralize(all, "byte")),
        );
        let (first, last) = self.shown();
        step(if last.is_some() { "  first" } else { "  bytes" }, &first);
        if let Some(last) = &last {
            step("  last", last);
        }
        step("secret", &self.secret_from);
        if let Some(computed) = &self.computed {
            step("HMAC", &format!("SHA-256: {computed}"));
        }
        for sent in &self.sent {
            let equal = if self.is_equal(sent) { style::good("equal") } else { style::bad("different") };
            step("sent", &format!("{}  {equal}", sanitize(sent)));
        }
        if let Some(time) = self.timestamp {
            let age = self.now.saturating_sub(time);
            let when = if age < 0 { format!("{} s ahead", -age) } else { format!("{age} s old") };
            step("age", &format!("{when} when checked; {} s are allowed", self.tolerance));
        }
        match self.error {
            None => step("verdict", &style::good("valid")),
            Some(_) => step("verdict", &style::bad("not valid")),
        }
        for cause in &self.causes {
            step("cause", &cause.to_string());
        }
        lines
    }
}

fn date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map(|time| format!(" ({time})")).unwrap_or_default()
}
