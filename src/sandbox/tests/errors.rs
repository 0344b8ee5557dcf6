//! Golden responses, copied from the public samples of cStar: `whoami`, and every error.

use crate::host::clock::Clock;
use crate::sandbox::http::limits::RateLimit;
use crate::sandbox::settings::Settings;
use crate::sandbox::tests::client::{Server, bearer, settings, team};
use crate::sandbox_info::{PUBLISHABLE_LIVE_KEY, PUBLISHABLE_TEST_KEY, SECRET_LIVE_KEY, SECRET_TEST_KEY};

const META: &str = r#""meta":{"requestId":"req_abc123","timestamp":"2025-12-10T14:30:00Z"}"#;

#[tokio::test]
async fn whoami_names_team_kind_and_environment() {
    let server = Server::start().await;
    for (key, kind, environment) in [
        (SECRET_TEST_KEY, "secret", "test"),
        (SECRET_LIVE_KEY, "secret", "live"),
        (PUBLISHABLE_TEST_KEY, "publishable", "test"),
        (PUBLISHABLE_LIVE_KEY, "publishable", "live"),
    ] {
        let answer = server.get("/api/v1/auth/whoami", key).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let golden = format!(
            r#"{{"success":true,"data":{{"teamId":"550e8400-e29b-41d4-a716-446655440000","teamName":"Acme Corp","teamSlug":"acme","keyType":"{kind}","environment":"{environment}"}},{META}}}"#
        );
        assert_eq!(answer.golden(), golden);
    }
}

fn refusal(members: &str) -> String {
    format!(r#"{{"success":false,"error":{{{members},"request_id":"req_abc123"}},{META}}}"#)
}

#[tokio::test]
async fn bad_keys_have_different_errors() {
    let server = Server::start().await;
    let unknown = bearer("sk_live_unknown00000000000000000000000000");
    let misshapen = bearer("sandbox-key-0123456789");
    let cases = [
        (
            vec![],
            r#""type":"authentication_error","code":"authentication_required","message":"Missing or invalid Authorization header.","doc_url":"https://cstar.help/developers/errors#authentication_required""#,
        ),
        (
            vec!["Authorization: Token abc"],
            r#""type":"authentication_error","code":"authentication_required","message":"Missing or invalid Authorization header.","doc_url":"https://cstar.help/developers/errors#authentication_required""#,
        ),
        (
            vec![misshapen.as_str()],
            r#""type":"authentication_error","code":"invalid_key_format","message":"API keys start with sk_live_, sk_test_, pk_live_ or pk_test_.","doc_url":"https://cstar.help/developers/errors#invalid_key_format""#,
        ),
        (
            vec![unknown.as_str()],
            r#""type":"authentication_error","code":"invalid_api_key","message":"The API key provided is invalid or has been revoked.","doc_url":"https://cstar.help/developers/errors#invalid_api_key""#,
        ),
    ];
    for path in ["/api/v1/auth/whoami", "/api/v1/nothing"] {
        for (headers, golden) in &cases {
            let answer = server.send(&format!("GET {path}"), headers, "").await;
            assert_eq!(answer.status, 401);
            assert_eq!(answer.golden(), refusal(golden));
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert_eq!(answer.header("x-ratelimit-limit"), None);
        }
    }
}

#[tokio::test]
async fn valid_key_in_the_wrong_place_is_a_403() {
    let server = Server::start().await;
    let foreign =
        server.get("/api/v1/teams/550e8400-e29b-41d4-a716-446655440001/webhooks/listen", SECRET_TEST_KEY);
    let foreign = foreign.await;
    assert_eq!(foreign.status, 403);
    assert_eq!(
        foreign.golden(),
        refusal(
            r#""type":"authentication_error","code":"team_access_denied","message":"This API key does not belong to the requested team.","doc_url":"https://cstar.help/developers/errors#team_access_denied""#
        )
    );
    let secret_only = server.get(&team("webhooks/listen"), PUBLISHABLE_TEST_KEY).await;
    assert_eq!(secret_only.status, 403);
    assert_eq!(
        secret_only.golden(),
        refusal(
            r#""type":"authentication_error","code":"insufficient_permissions","message":"Secret key required for this endpoint","doc_url":"https://cstar.help/developers/errors#insufficient_permissions""#
        )
    );
    let write = server.trigger(PUBLISHABLE_LIVE_KEY, r#"{"event":"ticket.created"}"#).await;
    assert_eq!(write.status, 403);
    assert_eq!(
        write.golden(),
        refusal(
            r#""type":"authentication_error","code":"publishable_key_write","message":"Publishable keys (pk_live_) are read-only. Use a secret key (sk_live_) for write operations","doc_url":"https://cstar.help/developers/errors#publishable_key_write""#
        )
    );
    assert_eq!(
        write.header("x-ratelimit-limit"),
        Some("100"),
        "the caller is known, so the response has the rate limit"
    );
}

#[tokio::test]
async fn unknown_path_and_method_are_refused() {
    let server = Server::start().await;
    let missing = |path: &str| {
        refusal(&format!(
            "\"type\":\"not_found_error\",\"code\":\"RESOURCE_MISSING\",\"message\":\"Endpoint not found: GET {path}. \
             The paths of a team start with /api/v1/teams/{{team}}/; /openapi.json lists all paths.\""
        ))
    };
    for path in ["/nothing", "/api/v2/teams", "/_sandbox/x"] {
        let answer = server.send(&format!("GET {path}"), &[], "").await;
        assert_eq!((answer.status, answer.golden()), (404, missing(path)));
    }
    let path = team("nothing");
    let answer = server.get(&path, SECRET_TEST_KEY).await;
    assert_eq!((answer.status, answer.golden()), (404, missing(&path)));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("999"));

    let answer = server.get(&team("webhooks/trigger-test"), SECRET_TEST_KEY).await;
    assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("POST"));
    assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    let answer = server.send("DELETE /_sandbox", &[], "").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD")));
}

#[tokio::test]
async fn authenticated_response_has_rate_limit() {
    let server = Server::start().await;
    server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await;
    let answer = server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await;
    assert_eq!(answer.header("x-ratelimit-limit"), Some("1000"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("998"));
    assert_eq!(answer.header("x-ratelimit-reset"), Some("1765380600"));
    assert_eq!(answer.header("x-ratelimit-window"), Some("3600"));
    let answer = server.get("/api/v1/auth/whoami", PUBLISHABLE_TEST_KEY).await;
    assert_eq!(answer.header("x-ratelimit-limit"), Some("100"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("99"));
}

#[tokio::test]
async fn exceeded_rate_limit_is_a_429() {
    let clock = Clock::fixed(crate::sandbox::tests::client::SAMPLE_TIME);
    let Clock::Fixed(time) = &clock else { unreachable!() };
    let server =
        Server::with(Settings { rate_limit: RateLimit::PerHour(1), clock: clock.clone(), ..settings() })
            .await;
    assert_eq!(server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await.status, 200);
    time.fetch_add(3_558_000, std::sync::atomic::Ordering::Relaxed);
    let answer = server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("42"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
    let golden = refusal(
        r#""type":"rate_limit_error","code":"rate_limit_exceeded","message":"Rate limit exceeded. Try again in 42 seconds. This sandbox was started with --rate-limit 1; start it with --rate-limit 0 for no limit.","doc_url":"https://cstar.help/developers/errors#rate_limit_error""#,
    );
    let golden = golden.replace(r#""req_abc123"}"#, r#""req_abc123","retryAfter":42}"#);
    assert_eq!(answer.golden(), golden.replace("14:30:00", "15:29:18"));
    time.fetch_add(42_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(server.get("/api/v1/auth/whoami", SECRET_TEST_KEY).await.status, 200);
}

#[tokio::test]
async fn rate_limit_can_be_disabled() {
    let server = Server::with(Settings { rate_limit: RateLimit::Off, ..settings() }).await;
    let answer = server.get("/api/v1/auth/whoami", PUBLISHABLE_TEST_KEY).await;
    assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, None));
}

#[tokio::test]
async fn response_never_contains_the_key() {
    let server = Server::start().await;
    let key = "sk_test_veryveryprivate000000000000000";
    for key in [key, "veryveryprivate", "sk_live_veryveryprivate"] {
        let answer = server.get("/api/v1/auth/whoami", key).await;
        assert!(!format!("{answer:?}").contains("veryveryprivate"), "{answer:?}");
    }
    let answer = server.trigger(SECRET_TEST_KEY, "{").await;
    assert!(!format!("{answer:?}").contains("sk_test_"), "{answer:?}");
}
