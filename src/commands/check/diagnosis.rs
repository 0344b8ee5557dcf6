//! Why a valid event was refused: sends variants of it, and reports the one that the endpoint accepts.

use super::result::{Answer, Class, Finding};
use super::sample;
use super::sender::{Message, Signature};
use super::subject::{Subject, send_valid};
use crate::event::Json;
use crate::forward::advice::{Remedy, advice};
use crate::secret::prefixes;
use crate::signature;

/// How the user changes what `check` does.
const REMEDY: Remedy<'static> =
    Remedy { address: "the URL", secret: "--secret", has_insecure: true, has_timeout: false };

/// What to do about an unexpected or a missing answer.
pub(super) fn general_advice(answer: &Answer, url: &str) -> Option<String> {
    advice(&answer.outcome, url, REMEDY)
}

type Spell = fn(&Json) -> String;

const SPELLINGS: [(Spell, &str); 3] = [
    (sample::as_python, "Python's json.dumps"),
    (sample::sorted, "a printer that sorts members, such as Go's json.Marshal of a map"),
    (sample::as_php, "PHP's json_encode"),
];

/// The finding about a valid event that was not accepted.
pub(super) async fn refused_event(subject: &Subject<'_>, answer: &Answer, url: &str) -> Finding {
    let excerpt = answer.outcome.excerpt().map(|text| format!(": {text}")).unwrap_or_default();
    let finding = Finding::fail(format!("{}{excerpt}", answer.text()));
    if matches!(answer.status(), Some(400 | 401 | 403 | 422))
        && let Some(cause) = cause(subject).await
    {
        return finding.with(cause);
    }
    match general_advice(answer, url) {
        Some(advice) => finding.with(advice),
        None => finding,
    }
}

async fn cause(subject: &Subject<'_>) -> Option<String> {
    // Else every variant is accepted.
    let forged = subject.send(Signature::With("whsec_of_another_endpoint_0000000000".to_owned())).await?;
    if forged.class() == Class::Accepted {
        return None;
    }
    for (spell, printer) in SPELLINGS {
        if let Some(sample) = subject.sample().spelled(spell)
            && is_accepted(send_valid(subject.sender, &sample).await)
        {
            return Some(format!(
                "it verifies a body that was parsed and printed again, as by {printer}: verify the raw bytes"
            ));
        }
    }
    let secret = subject.sender.secret();
    if let Some(bare) = secret.strip_prefix(prefixes::SIGNING_SECRET)
        && is_accepted(subject.send(Signature::With(bare.to_owned())).await)
    {
        return Some("its key is the secret without `whsec_`: use the whole text of the secret".to_owned());
    }
    if is_accepted(subject.send(Signature::With(format!("{secret}\n"))).await) {
        return Some("its secret ends with a line feed: trim what you read from the file".to_owned());
    }
    let sample = subject.sample();
    let digits = signature::expected(&sample.body, secret, None);
    let signature = Signature::Value(format!("sha256={digits}"));
    is_accepted(subject.sender.send(Message::new(&sample, signature)).await).then(|| {
        "it accepts only the legacy signature of the body alone: cStar signs `{t}.{body}`, see cstar help signing"
            .to_owned()
    })
}

fn is_accepted(answer: Option<Answer>) -> bool {
    answer.is_some_and(|answer| answer.is_accepted())
}
