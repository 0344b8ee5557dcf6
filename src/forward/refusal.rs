//! Why a server answers 400, 401 or 403: most often because it refuses a signature that is right.
//!
//! Nothing here is certain, because servers also answer so for their own reasons: the likely cause follows from whether
//! our signature was right, from the text of the answer, and from its headers.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::signature::DEFAULT_TOLERANCE;

/// A difference of clocks that matters. The `Date` of an answer can be some seconds old.
const SKEW: Duration = DEFAULT_TOLERANCE.saturating_sub(Duration::from_secs(30));

/// What is known about an answer of 400, 401 or 403.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Whether the signature that was sent is right. `None` if it was not verified.
    signature: Option<bool>,
    /// How many seconds the clock of the server is ahead, if that is too much.
    skew: Option<i64>,
    /// The server asks for a user name and password.
    needs_login: bool,
    /// How its framework provides the raw body.
    raw_body: Option<&'static str>,
}

impl Refusal {
    /// From the headers of an answer received at `now`. Names are in lower case.
    pub(crate) fn new<'h>(header: impl Fn(&str) -> Option<&'h str>, now: Timestamp) -> Self {
        let date = header("date").and_then(|date| rfc2822::parse(date).ok());
        let skew = date.map(|date| date.timestamp().as_second() - now.as_second());
        let login = header("www-authenticate").unwrap_or_default().to_ascii_lowercase();
        Self {
            signature: None,
            skew: skew.filter(|skew| skew.unsigned_abs() > SKEW.as_secs()),
            needs_login: ["basic", "digest", "negotiate"].iter().any(|scheme| login.starts_with(scheme)),
            raw_body: raw_body(header("x-powered-by"), header("server")),
        }
    }

    /// With the result of a verification of what was sent.
    pub(crate) fn with_signature(self, is_right: bool) -> Self {
        Self { signature: Some(is_right), ..self }
    }

    pub(crate) fn is_possible(status: u16) -> bool {
        matches!(status, 400 | 401 | 403)
    }

    /// What to check. `secret` prints the secret in use.
    pub(super) fn advice(self, status: u16, answer: &str, secret: &str) -> String {
        if self.needs_login {
            return "the server asks for a login: add --header 'Authorization: …'".to_owned();
        }
        let cause = self.cause(answer, secret);
        match (self.signature, cause) {
            (Some(false), _) => {
                "our signature is wrong, because --header replaces it: leave that header out".to_owned()
            }
            (Some(true), Some(cause)) => format!("our signature was right. Likely cause: {cause}"),
            (None, Some(cause)) => cause,
            (known, None) => {
                let start = if known.is_some() { "our signature was right. If" } else { "if" };
                let how = self.how();
                format!(
                    "{start} the signature was refused: verify over the raw body{how}, with the secret in use \
                     ({secret}). If not: login, CSRF or host checks can also answer {status}"
                )
            }
        }
    }

    /// The likely cause, if the answer speaks of the signature.
    fn cause(self, answer: &str, secret: &str) -> Option<String> {
        let answer = answer.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| answer.contains(word));
        if let Some(skew) = self.skew {
            let (by, side) = (skew.unsigned_abs(), if skew > 0 { "ahead of" } else { "behind" });
            return Some(format!("the clock of the server is {by} s {side} that of this machine"));
        }
        if says(&["unexpected token", "not valid json", "type string", "of buffer", "[object object]"]) {
            return Some(format!("the server verifies a parsed body instead of the raw body{}", self.how()));
        }
        let about = ["signature", "hmac", "webhook secret", "signing secret"];
        if !says(&about) {
            return None;
        }
        Some(match says(&["missing", "no signature header", "has no signature", "without"]) {
            true => "the server did not find the signature: check which header it reads (X-Signature), and proxies"
                .to_owned(),
            false if says(&["timestamp", "tolerance", "too old", "expired", "seconds", " s old"]) => {
                "the server found the signature too old: check its clock and its tolerance (300 s)".to_owned()
            }
            false => self.of_server(secret),
        })
    }

    fn of_server(self, secret: &str) -> String {
        format!(
            "the server has another secret in CSTAR_WEBHOOK_SECRET than the one in use ({secret}), or does not verify \
             the raw body{}",
            self.how()
        )
    }

    /// To follow `the raw body`.
    fn how(self) -> String {
        self.raw_body.map(|how| format!(" ({how})")).unwrap_or_default()
    }
}

/// How to get the raw body, by the headers with which frameworks name themselves.
fn raw_body(powered_by: Option<&str>, server: Option<&str>) -> Option<&'static str> {
    let powered_by = powered_by.unwrap_or_default().to_ascii_lowercase();
    let server = server.unwrap_or_default().to_ascii_lowercase();
    if powered_by.contains("express") {
        Some("Express: `express.raw()` on this route, before `express.json()`")
    } else if powered_by.contains("next.js") {
        Some("Next.js: `await request.text()`")
    } else if powered_by.contains("php") {
        Some("PHP: `php://input`")
    } else if server.contains("werkzeug") {
        Some("Flask: `request.get_data()`")
    } else if server.contains("wsgiserver") {
        Some("Django: `request.body`")
    } else if server.contains("uvicorn") {
        Some("FastAPI: `await request.body()`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "cstar listen --print-secret";

    fn refusal(headers: &[(&str, &'static str)]) -> Refusal {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let find = |wanted: &str| headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        Refusal::new(find, now)
    }

    fn sent(headers: &[(&str, &'static str)], answer: &str) -> String {
        refusal(headers).with_signature(true).advice(401, answer, SECRET)
    }

    #[test]
    fn right_signature_points_at_the_server() {
        let text = sent(&[], "Invalid signature");
        assert!(text.starts_with("our signature was right. Likely cause: "), "{text}");
        assert!(text.contains("CSTAR_WEBHOOK_SECRET") && text.contains(SECRET), "{text}");
        let text = sent(&[("x-powered-by", "Express")], "invalid HMAC");
        assert!(text.contains("express.raw()"), "{text}");
        let text = sent(&[("server", "Werkzeug/3.1 Python/3.13")], "bad signature");
        assert!(text.contains("request.get_data()"), "{text}");
        let text =
            sent(&[("x-powered-by", "Express")], "The \"data\" argument must be of type string or Buffer");
        assert!(text.contains("parsed body") && text.contains("express.raw()"), "{text}");
    }

    #[test]
    fn answer_names_the_likely_cause() {
        for (answer, cause) in [
            ("missing signature", "did not find the"),
            ("the request has no signature header", "did not find the"),
            ("signature timestamp outside the tolerance", "too old"),
            ("the signature is authentic but 900 s old", "too old"),
            ("no signatures found matching the expected signature", "raw body"),
            ("please log in", "If the signature was refused"),
        ] {
            let text = sent(&[], answer);
            assert!(text.starts_with("our signature was right") && text.contains(cause), "{answer}: {text}");
        }
    }

    #[test]
    fn clocks_are_compared_with_a_margin() {
        let text = sent(&[("date", "Fri, 20 Nov 2026 10:10:00 GMT")], "Unauthorized");
        assert!(text.contains("600 s ahead of"), "{text}");
        let text = sent(&[("date", "Fri, 20 Nov 2026 09:50:00 GMT")], "Unauthorized");
        assert!(text.contains("600 s behind"), "{text}");
        for date in ["Fri, 20 Nov 2026 10:01:00 GMT", "yesterday"] {
            assert_eq!(refusal(&[("date", date)]).skew, None);
        }
    }

    #[test]
    fn login_has_nothing_to_do_with_signatures() {
        let text = sent(&[("www-authenticate", "Basic realm=\"staging\"")], "signature");
        assert!(text.contains("login") && !text.contains("signature"), "{text}");
        assert!(sent(&[("www-authenticate", "Signature")], "signature").contains("raw body"));
    }

    #[test]
    fn unverified_or_replaced_signature_is_reported() {
        let text = Refusal::default().advice(403, "", SECRET);
        assert!(text.starts_with("if the signature was refused") && text.ends_with("answer 403"), "{text}");
        let text = Refusal::default().with_signature(false).advice(401, "invalid signature", SECRET);
        assert!(text.contains("--header replaces it"), "{text}");
    }
}
