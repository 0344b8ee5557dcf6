//! Which framework the endpoint is built with, if its answers show it for certain, and what to write there.

use super::catalogue::CheckKind;
use super::result::Answer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framework {
    Express,
    Fastify,
    Next,
    Flask,
    Django,
    Rails,
    Php,
    Go,
}

impl Framework {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Express => "Express",
            Self::Fastify => "Fastify",
            Self::Next => "Next.js",
            Self::Flask => "Flask",
            Self::Django => "Django",
            Self::Rails => "Rails",
            Self::Php => "PHP",
            Self::Go => "Go",
        }
    }
}

/// The framework that any of the answers shows.
pub(super) fn detect<'a>(answers: impl Iterator<Item = &'a Answer>) -> Option<Framework> {
    answers.filter_map(of_answer).next()
}

fn of_answer(answer: &Answer) -> Option<Framework> {
    let header = |name: &str| answer.header(name).unwrap_or_default();
    let (powered, server) = (header("x-powered-by"), header("server"));
    if powered.starts_with("Express") {
        return Some(Framework::Express);
    }
    if powered.starts_with("Next.js") {
        return Some(Framework::Next);
    }
    if powered.starts_with("PHP/") {
        return Some(Framework::Php);
    }
    if server.starts_with("Werkzeug/") {
        return Some(Framework::Flask);
    }
    // That of `manage.py runserver`.
    if server.starts_with("WSGIServer/") && !header("x-frame-options").is_empty() {
        return Some(Framework::Django);
    }
    if !header("x-runtime").is_empty() && !header("x-request-id").is_empty() {
        return Some(Framework::Rails);
    }
    of_body(answer, &answer.body())
}

/// The errors that frameworks write by themselves.
fn of_body(answer: &Answer, body: &str) -> Option<Framework> {
    let is_fastify = body.contains("\"FST_ERR_")
        || body.starts_with(r#"{"message":"Route "#)
            && body.contains(r#""error":"Not Found","statusCode":404"#);
    if is_fastify {
        return Some(Framework::Fastify);
    }
    // `http.NotFound` and `http.Error` end their texts with a line feed and forbid sniffing.
    let is_go = answer.header("x-content-type-options") == Some("nosniff")
        && answer.header("content-type") == Some("text/plain; charset=utf-8")
        && answer.header("server").is_none()
        && answer.header("x-powered-by").is_none();
    let known = ["404 page not found\n", "Method Not Allowed\n", "405 method not allowed\n"];
    let is_go = is_go && known.iter().any(|text| body.eq_ignore_ascii_case(text));
    // The mux of Go 1.22 answers 405 by itself.
    is_go.then_some(Framework::Go)
}

/// What to change after a failed check.
pub(super) fn advice(kind: CheckKind, framework: Option<Framework>) -> Option<String> {
    let (general, specific) = match kind {
        CheckKind::RawBody | CheckKind::Unicode => (
            "verify the bytes of the body as they were received, before a parser touches them",
            framework.map(raw_body),
        ),
        CheckKind::LargeBody => ("raise the limit for request bodies", framework.and_then(body_limit)),
        CheckKind::StackTrace => ("answer errors without their details", framework.and_then(production_mode)),
        CheckKind::MalformedSignature => (
            "answer 401 to a header that cannot be read, before you compare anything",
            framework.and_then(comparison),
        ),
        CheckKind::MissingSignature => ("answer 401 when there is no X-Signature", None),
        CheckKind::WrongSecret => {
            ("compare X-Signature with your own HMAC, and answer 401 if it differs: cstar help signing", None)
        }
        CheckKind::TamperedBody => ("the HMAC must cover `{t}.{body}` with the whole body", None),
        CheckKind::StaleTimestamp => {
            ("refuse a `t` that is more than 300 s old: else requests can be replayed", None)
        }
        CheckKind::FutureTimestamp => {
            ("refuse a `t` that is more than 300 s ahead: compare the absolute difference", None)
        }
        CheckKind::RotatedSecret => {
            ("try every v1 of the header, not only one: while a secret is rotated there are two", None)
        }
        CheckKind::LegacySignature => (
            "it has no timestamp, so a request that leaks can be replayed forever: accept only `t=…,v1=…`",
            None,
        ),
        CheckKind::ProductionHeaders => {
            ("read X-Signature: cstar-signature is only added by `cstar listen`, never by cStar", None)
        }
        CheckKind::UnknownType | CheckKind::EventTypes => (
            "answer 2xx to types that you do not handle: cStar sends an event again after any other answer",
            None,
        ),
        CheckKind::ResponseTime => ("answer first and do the work afterwards: cStar waits 10 s", None),
        CheckKind::Redirect => ("redirects are not followed: name the final address", None),
        CheckKind::DuplicateEvent => {
            ("remember each X-Event-ID, and answer 2xx to a known one without acting again", None)
        }
        CheckKind::ConcurrentDuplicate => (
            "let the database decide who is first: insert the X-Event-ID under a unique constraint before the work",
            None,
        ),
        CheckKind::ReorderedEvents => (
            "events can arrive in any order: create what is missing, or ignore what is older than your data",
            None,
        ),
        CheckKind::GetRequest => ("answer 405 to what is not a POST", None),
        CheckKind::ContentType => ("check the signature before you read the body as JSON", None),
        CheckKind::ExposedSecret => ("never answer with the secret or the signature that you expected", None),
        CheckKind::ValidEvent => return None,
    };
    Some(specific.map_or_else(
        || general.to_owned(),
        |(framework, text)| format!("{general}; in {}: {text}", framework.name()),
    ))
}

type Specific = (Framework, &'static str);

fn raw_body(framework: Framework) -> Specific {
    let text = match framework {
        Framework::Express => {
            "express.raw({ type: '*/*', limit: '1mb' }) on this route, before express.json()"
        }
        Framework::Fastify => "addContentTypeParser('application/json', { parseAs: 'buffer' }, …)",
        Framework::Next => "await request.arrayBuffer(); with the Pages Router also bodyParser: false",
        Framework::Flask => "request.get_data()",
        Framework::Django => "request.body",
        Framework::Rails => "request.raw_post",
        Framework::Php => "file_get_contents('php://input')",
        Framework::Go => "io.ReadAll(r.Body), then json.Unmarshal of the same bytes",
    };
    (framework, text)
}

fn body_limit(framework: Framework) -> Option<Specific> {
    let text = match framework {
        Framework::Express => "express.raw({ type: '*/*', limit: '1mb' }); the default is 100 kB",
        Framework::Fastify => "Fastify({ bodyLimit: 2 * 1024 * 1024 })",
        Framework::Next => "bodyParser: { sizeLimit: '2mb' } with the Pages Router",
        Framework::Flask => "MAX_CONTENT_LENGTH",
        Framework::Django => "DATA_UPLOAD_MAX_MEMORY_SIZE",
        Framework::Php => "post_max_size",
        Framework::Go => "http.MaxBytesReader",
        Framework::Rails => return None,
    };
    Some((framework, text))
}

fn production_mode(framework: Framework) -> Option<Specific> {
    let text = match framework {
        Framework::Express => "NODE_ENV=production, or an error handler of your own",
        Framework::Flask => "no debug=True",
        Framework::Django => "DEBUG = False",
        Framework::Rails => "config.consider_all_requests_local = false",
        Framework::Php => "display_errors = Off",
        Framework::Fastify => "setErrorHandler without error.stack",
        Framework::Next | Framework::Go => return None,
    };
    Some((framework, text))
}

fn comparison(framework: Framework) -> Option<Specific> {
    let is_node = matches!(framework, Framework::Express | Framework::Fastify | Framework::Next);
    is_node.then_some((framework, "timingSafeEqual throws unless both buffers have the same length"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::forward::AttemptOutcome;
    use crate::net::{BodyEnd, TargetResponse};

    fn answer(headers: &[(&'static str, &str)], body: &'static str) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap())
        });
        let response = TargetResponse {
            status: 404,
            headers: headers.collect(),
            body: body.into(),
            end: BodyEnd::Complete,
            handler_time: Duration::ZERO,
            round_trip: Duration::ZERO,
            starved: false,
        };
        Answer { outcome: AttemptOutcome::answered(404), response: Some(response), took: Duration::ZERO }
    }

    #[test]
    fn frameworks_are_recognized_by_their_answers() {
        let plain = [("content-type", "text/plain; charset=utf-8"), ("x-content-type-options", "nosniff")];
        let fastify = r#"{"message":"Route GET:/ not found","error":"Not Found","statusCode":404}"#;
        for (headers, body, expected) in [
            (&[("x-powered-by", "Express")][..], "", Some(Framework::Express)),
            (&[("x-powered-by", "Next.js")], "", Some(Framework::Next)),
            (&[("x-powered-by", "PHP/8.2.1")], "", Some(Framework::Php)),
            (&[("server", "Werkzeug/3.1 Python/3.12")], "", Some(Framework::Flask)),
            (
                &[("server", "WSGIServer/0.2 CPython/3.12"), ("x-frame-options", "DENY")],
                "",
                Some(Framework::Django),
            ),
            (&[("x-runtime", "0.01"), ("x-request-id", "1")], "", Some(Framework::Rails)),
            (&plain, "404 page not found\n", Some(Framework::Go)),
            (&[], fastify, Some(Framework::Fastify)),
            (&[("server", "WSGIServer/0.2 CPython/3.12")], "", None),
            (&plain, "not found", None),
            (&[("server", "nginx")], "404 page not found\n", None),
            (&[], r#"{"message":"no","error":"Not Found","statusCode":404}"#, None),
        ] {
            assert_eq!(detect([&answer(headers, body)].into_iter()), expected, "{headers:?} {body}");
        }
    }

    #[test]
    fn every_check_but_the_first_has_advice() {
        for check in super::super::catalogue::CHECKS {
            let is_first = check.kind == CheckKind::ValidEvent;
            assert_eq!(advice(check.kind, None).is_none(), is_first, "{}", check.name);
        }
        assert!(
            advice(CheckKind::RawBody, Some(Framework::Flask))
                .unwrap()
                .ends_with("in Flask: request.get_data()")
        );
    }
}
