//! Checks whether a signature matches a body and a secret, and explains why not.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::deliveries;
use crate::Secret;
use crate::history::EventDetail;
use crate::mcp::Backend;
use crate::mcp::tool::{Effect, Progress, Tool, ToolInfo};
use crate::output::Failure;
use crate::secret::oddity;
use crate::signature::{Cause, SIGNATURE_HEADER, SignatureError, Verifier, explain};

fn five_minutes() -> u32 {
    300
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Args {
    /// Use body and signature of this event of cstar_list_deliveries, as sent to the local server. The age of
    /// the signature then does not count.
    #[serde(default)]
    #[schemars(with = "String")]
    event_id: Option<String>,
    /// The raw body, exactly as received. Use it with `signature`, instead of event_id.
    #[serde(default)]
    #[schemars(with = "String")]
    body: Option<String>,
    /// The value of the X-Signature header: t=…,v1=…
    #[serde(default)]
    #[schemars(with = "String")]
    signature: Option<String>,
    /// The signing secret in the configuration of the server. Default: CSTAR_WEBHOOK_SECRET of this MCP server,
    /// or else the secret of the listen session.
    #[serde(default, deserialize_with = "as_secret")]
    #[schemars(with = "String")]
    secret: Option<Secret>,
    /// How old, or how far in the future, a signature may be, in seconds.
    #[serde(default = "five_minutes")]
    #[schemars(range(min = 0, max = 31_536_000))]
    tolerance_seconds: u32,
}

/// Deserializes directly into a type that cannot be printed by accident.
pub(super) fn as_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}

#[derive(Debug, Serialize, JsonSchema)]
struct VerifyResult {
    /// Whether the signature matches this body and this secret.
    valid: bool,
    /// v1, or legacy (the old sha256= form, which can be replayed for ever).
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'static str>,
    /// Which secret was checked.
    secret_tried: &'static str,
    /// Why the signature is rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The mistakes that explain it; each was confirmed by undoing it.
    causes: Vec<String>,
    /// What looks mistyped in the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_warning: Option<String>,
    /// The conclusion, and what to do.
    conclusion: String,
}

/// `cstar_verify_signature`
pub(super) fn tool() -> Tool {
    let info = ToolInfo {
        name: "cstar_verify_signature",
        title: "Verify a webhook signature",
        description: "Check whether a webhook signature matches a body and a signing secret, and if not, \
            find out why: a wrong secret, white space in it, a body that was parsed and serialized again, an old \
            signature. With event_id it checks what was actually sent to the local server.",
        effect: Effect::ReadsHere,
        longest_text: 2_000,
    };
    Tool::new::<Args, VerifyResult, _>(info, run)
}

struct SignedRequest {
    body: Bytes,
    header: String,
    /// The time at which it is verified, in Unix seconds.
    now: i64,
    stored: bool,
}

async fn run(backend: Arc<Backend>, args: Args, _: Progress) -> Result<VerifyResult, Failure> {
    let signed = signed(&backend, &args)?;
    let tolerance = Duration::from_secs(args.tolerance_seconds.into());
    let given = args.secret.or_else(|| backend.env_secret());
    let (secret, tried) = match (given, &signed) {
        (Some(secret), _) => (secret, "the one given"),
        (None, signed) if signed.stored => {
            let found = backend.session_secret().await.map_err(|failure| failure.hint("or pass `secret`"))?;
            let name =
                if found.is_generated { "the one of this machine" } else { "the one of the listen session" };
            (found.secret, name)
        }
        (None, _) => return Err(Failure::usage("there is no secret to check with").hint("pass `secret`")),
    };
    let secret_warning = odd_secret(&secret);
    let verifier = Verifier::new(secret.expose()).tolerance(tolerance).at(signed.now);
    match verifier.verify(&signed.body, Some(&signed.header)) {
        Ok(verified) => {
            let scheme = Some(verified.scheme.name());
            let conclusion = accepted(&signed, tried);
            Ok(VerifyResult {
                valid: true,
                scheme,
                secret_tried: tried,
                reason: None,
                causes: Vec::new(),
                secret_warning,
                conclusion,
            })
        }
        Err(error) => {
            let found = explain(&signed.body, Some(&signed.header), secret.expose(), signed.now, tolerance);
            let causes: Vec<String> = found.iter().map(ToString::to_string).collect();
            let conclusion = refused(&backend, &signed, &error, &found, tried).await;
            let reason = Some(error.to_string());
            Ok(VerifyResult {
                valid: false,
                scheme: None,
                secret_tried: tried,
                reason,
                causes,
                secret_warning,
                conclusion,
            })
        }
    }
}

/// A warning about a secret that looks mistyped.
pub(super) fn odd_secret(secret: &Secret) -> Option<String> {
    oddity(secret.expose()).map(|odd| format!("The signing secret {odd}. It is used unchanged."))
}

fn signed(backend: &Backend, args: &Args) -> Result<SignedRequest, Failure> {
    match (&args.event_id, &args.body, &args.signature) {
        (Some(id), None, None) => {
            let event = deliveries::find(&backend.history()?, id)?;
            sent(&event).ok_or_else(|| {
                Failure::failed(format!("no signature is recorded for the event `{id}`")).hint(
                    "headers are recorded for attempts that failed; pass `body` and `signature` instead",
                )
            })
        }
        (None, Some(body), Some(header)) => Ok(SignedRequest {
            body: Bytes::from(body.clone()),
            header: header.clone(),
            now: backend.now().as_second(),
            stored: false,
        }),
        _ => Err(Failure::usage("pass either event_id, or both body and signature")),
    }
}

/// The last recorded request, verified at the time when it was sent.
fn sent(event: &EventDetail) -> Option<SignedRequest> {
    event.attempts.iter().rev().find_map(|attempt| {
        let mut headers = attempt.request_headers.iter();
        let (_, header) = headers.find(|(name, _)| name.eq_ignore_ascii_case(SIGNATURE_HEADER))?;
        let (body, now) = (event.body.clone(), attempt.started_at.as_second());
        Some(SignedRequest { body, header: header.clone(), now, stored: true })
    })
}

fn accepted(signed: &SignedRequest, tried: &str) -> String {
    if signed.stored {
        return format!(
            "The request was signed with this secret ({tried}). A server that rejects it uses another secret, or \
             verifies a body that was parsed before: pass the secret of its configuration as `secret` to compare."
        );
    }
    "The signature matches the body and the secret.".to_owned()
}

async fn refused(
    backend: &Backend,
    signed: &SignedRequest,
    error: &SignatureError,
    causes: &[Cause],
    tried: &str,
) -> String {
    // `{}` may also be a body that somebody signed for a test.
    if causes.iter().any(|cause| *cause != Cause::BodyIsEmptyJson) {
        return format!("The request is rejected ({error}) for the listed causes.");
    }
    if signed.stored && tried == "the one given" && was_of_session(backend, signed).await {
        return "The signing secret is wrong: the request was signed with the secret of the listen session. \
            Set CSTAR_WEBHOOK_SECRET of the server to the output of `cstar listen --print-secret`, restart it, \
            then call cstar_replay_event."
            .to_owned();
    }
    "No common mistake explains it. Most likely the secret is that of another endpoint. \
     `cstar listen --print-secret` prints the secret that `cstar listen` signs with."
        .to_owned()
}

/// Whether the secret of the session matches. False also if the secret cannot be requested.
async fn was_of_session(backend: &Backend, signed: &SignedRequest) -> bool {
    let Ok(found) = backend.session_secret().await else { return false };
    let verifier = Verifier::new(found.secret.expose()).at(signed.now);
    verifier.verify(&signed.body, Some(&signed.header)).is_ok()
}
