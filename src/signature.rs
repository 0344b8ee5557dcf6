//! Webhook signatures: sign, verify, and explain why a signature fails. The only side effect is reading the system
//! clock, which [`Verifier::at`] replaces.
//!
//! cStar signs each delivery with the endpoint's `whsec_` secret and sends the result as
//! [`X-Signature`](SIGNATURE_HEADER): `t=<unix seconds>,v1=<hex>`, where the hex is the HMAC-SHA256
//! of `t`, a dot and the raw body (documented: "Signature verification" on cStar's webhooks page).
//! This is the Rust counterpart of `@cstar.help/js/webhook`: the names are the same in snake case, and the same
//! requests pass, with these differences (ours):
//!
//! - if there are several `v1` items, any of them may match, not only the last;
//! - white space around items is ignored;
//! - `t` must consist of digits (no fraction), and a signature of exactly 64 hex digits.
//!
//! # A receiver with axum
//!
//! The signature covers the bytes as received, so extract the body as `Bytes`, never as `Json`.
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::body::Bytes;
//! use axum::extract::State;
//! use axum::http::{HeaderMap, StatusCode};
//! use axum::{Router, routing::post};
//! use cstar::signature::{ConstructError, SIGNATURE_HEADER, Verifier};
//!
//! async fn receive(
//!     State(verifier): State<Arc<Verifier>>,
//!     headers: HeaderMap,
//!     body: Bytes,
//! ) -> Result<StatusCode, (StatusCode, String)> {
//!     let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
//!     let event = verifier.construct_event(body, signature).map_err(|error| {
//!         let status = match error {
//!             ConstructError::Signature(_) => StatusCode::UNAUTHORIZED,
//!             _ => StatusCode::BAD_REQUEST,
//!         };
//!         (status, error.to_string())
//!     })?;
//!     match event.event_type() {
//!         "ticket.created" => { /* answer within 10 seconds: queue the work */ }
//!         _ => { /* new types can appear at any time: answer 2xx to them too */ }
//!     }
//!     Ok(StatusCode::OK)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Arc::new(Verifier::new("whsec_from_the_environment"));
//! let app: Router = Router::new().route("/webhook", post(receive)).with_state(verifier.clone());
//! # drop(app);
//! # use cstar::signature::sign;
//! # let body = Bytes::from_static(
//! #     br#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-27T03:36:50.044Z","team_id":"team_1","data":{"ticket":{"id":"tkt_1"}}}"#,
//! # );
//! # let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
//! # let with = |secret: &str| -> Result<HeaderMap, Box<dyn std::error::Error>> {
//! #     Ok([(SIGNATURE_HEADER.parse()?, sign(&body, secret, now).parse()?)].into_iter().collect())
//! # };
//! # let good = receive(State(verifier.clone()), with("whsec_from_the_environment")?, body.clone()).await;
//! # assert_eq!(good, Ok(StatusCode::OK));
//! # let forged = receive(State(verifier.clone()), with("whsec_guessed")?, body.clone()).await;
//! # assert_eq!(forged.map_err(|(status, _)| status), Err(StatusCode::UNAUTHORIZED));
//! # let unsigned = receive(State(verifier.clone()), HeaderMap::new(), body.clone()).await;
//! # assert_eq!(unsigned.map_err(|(status, _)| status), Err(StatusCode::UNAUTHORIZED));
//! # Ok(())
//! # }
//! ```
//!
//! # A receiver with actix-web
//!
//! Pass the `web::Bytes` of the body unchanged. actix-web reads at most 256 KiB by default.
//!
//! ```
//! use actix_web::{HttpRequest, HttpResponse, web};
//! use cstar::signature::{SIGNATURE_HEADER, Verifier};
//!
//! async fn receive(verifier: web::Data<Verifier>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
//!     let signature = request.headers().get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
//!     match verifier.construct_event(body, signature) {
//!         Err(error) => HttpResponse::Unauthorized().body(error.to_string()),
//!         // Queue the work, and answer within 10 seconds.
//!         Ok(event) => HttpResponse::Ok().body(event.event_type().to_owned()),
//!     }
//! }
//!
//! let verifier = web::Data::new(Verifier::new("whsec_from_the_environment"));
//! let app = actix_web::App::new().app_data(verifier).route("/webhook", web::post().to(receive));
//! # use actix_web::test::{TestRequest, call_service, init_service};
//! # use cstar::signature::sign;
//! # let event = r#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-27T03:36:50.044Z","team_id":"team_1","data":{"ticket":{"id":"tkt_1"}}}"#;
//! # let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
//! # actix_web::rt::System::new().block_on(async move {
//! #     let app = init_service(app).await;
//! #     for (secret, status) in [("whsec_from_the_environment", 200), ("whsec_guessed", 401)] {
//! #         let signature = sign(event.as_bytes(), secret, now);
//! #         let request = TestRequest::post().uri("/webhook").insert_header((SIGNATURE_HEADER, signature));
//! #         let answer = call_service(&app, request.set_payload(event).to_request()).await;
//! #         assert_eq!(answer.status().as_u16(), status);
//! #     }
//! # });
//! # Ok::<(), std::time::SystemTimeError>(())
//! ```
//!
//! # A receiver with hyper alone
//!
//! Any framework works the same way: read the whole body as bytes, with a limit, and the header as text.
//!
//! ```
//! use cstar::signature::{SIGNATURE_HEADER, Verifier};
//! use http_body_util::{BodyExt, Limited};
//! use hyper::body::{Body, Bytes};
//! use hyper::{Request, Response, StatusCode};
//!
//! /// Larger than any event.
//! const LIMIT: usize = 1024 * 1024;
//!
//! /// Called from a `service_fn`, where the body is a `hyper::body::Incoming`.
//! async fn receive<B>(verifier: &Verifier, request: Request<B>) -> Response<String>
//! where
//!     B: Body<Data = Bytes>,
//!     B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
//! {
//!     let (head, body) = request.into_parts();
//!     let signature = head.headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
//!     let (status, text) = match Limited::new(body, LIMIT).collect().await {
//!         Err(_) => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large".to_owned()),
//!         Ok(body) => match verifier.construct_event(body.to_bytes(), signature) {
//!             Err(error) => (StatusCode::UNAUTHORIZED, error.to_string()),
//!             // Queue the work, and answer within 10 seconds.
//!             Ok(event) => (StatusCode::OK, event.event_type().to_owned()),
//!         },
//!     };
//!     let mut response = Response::new(text);
//!     *response.status_mut() = status;
//!     response
//! }
//! # use cstar::signature::sign;
//! # use http_body_util::Full;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let verifier = Verifier::new("whsec_1");
//! # let event = r#"{"id":"evt_1","type":"ticket.created","created_at":"2026-03-27T03:36:50.044Z","team_id":"team_1","data":{"ticket":{"id":"tkt_1"}}}"#;
//! # let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
//! # let request = |secret: &str, body: String| {
//! #     let signature = sign(body.as_bytes(), secret, now);
//! #     Request::post("/").header(SIGNATURE_HEADER, signature).body(Full::<Bytes>::from(body))
//! # };
//! # for (secret, body, status) in [
//! #     ("whsec_1", event.to_owned(), StatusCode::OK),
//! #     ("whsec_2", event.to_owned(), StatusCode::UNAUTHORIZED),
//! #     ("whsec_1", "x".repeat(LIMIT + 1), StatusCode::PAYLOAD_TOO_LARGE),
//! # ] {
//! #     assert_eq!(receive(&verifier, request(secret, body)?).await.status(), status);
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! # What a signature does not do
//!
//! cStar can deliver the same event more than once, with a new signature each time: use the event's id to process it
//! once. The old `sha256=` form, which verifiers accept by default, has no time and can be replayed: see
//! [`Scheme::Legacy`], and refuse it with [`Verifier::strict`].

mod construct;
mod error;
mod explain;
mod header;
mod key;
mod scheme;
mod sign;
mod verify;

#[cfg(test)]
mod tests;

pub use construct::{ConstructError, construct_event};
pub use error::{Side, SignatureError};
pub(crate) use explain::base64;
pub use explain::{Cause, explain};
pub(crate) use key::{Key, any_equal};
pub use scheme::Scheme;
#[cfg(feature = "cli")]
pub(crate) use sign::expected;
pub use sign::{Signer, sign};
pub use verify::{DEFAULT_TOLERANCE, Verified, Verifier, verify_signature};

/// The header with the signature of a delivery (documented), in lower case as in header maps.
pub const SIGNATURE_HEADER: &str = "x-signature";

/// A second header with the same value, on requests forwarded by `cstar listen` only (documented).
pub const SIGNATURE_HEADER_ALIAS: &str = "cstar-signature";
