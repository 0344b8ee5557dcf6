//! The signature of the last attempt whose headers were kept, worked out for the details.

use crate::Secret;
use crate::history::EventDetail;
use crate::output::format::pluralize;
use crate::output::sanitize::sanitize;
use crate::output::style;
use crate::signature::{self, DEFAULT_TOLERANCE, SIGNATURE_HEADER, Verifier};

/// The verdict, then how it was found.
pub(super) fn lines(event: &EventDetail, secret: Option<&Secret>) -> Vec<String> {
    let header = event.attempts.iter().rev().find_map(|attempt| {
        let named = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(SIGNATURE_HEADER);
        Some((attempt, attempt.request_headers.iter().find(named)?.1.as_str()))
    });
    let Some((attempt, header)) = header else {
        let why = match event.attempts.is_empty() {
            true => "nothing was sent yet",
            false => "not kept: the headers of a first attempt that succeeds are not recorded",
        };
        return vec![style::dim(why)];
    };
    let number = format!("sent with attempt {}: {}", attempt.attempt, sanitize(header));
    let Some(secret) = secret else {
        return vec![style::dim("not checked: the secret of this account is not known here"), number];
    };
    // At the time of the attempt, because only the age has changed since.
    let now = attempt.started_at.as_second();
    let verified = Verifier::new(secret.expose()).at(now).verify(&event.body, Some(header));
    let time = header.split(',').find_map(|item| item.trim().strip_prefix("t=")).unwrap_or_default();
    let signed = format!(
        "signed: {} and the body, {}",
        sanitize(&format!("{time}.")),
        pluralize((time.len() + 1 + event.body.len()) as u64, "byte")
    );
    match verified {
        Ok(_) => vec![style::good("valid for the secret of this run"), number, signed],
        Err(error) => {
            let causes =
                signature::explain(&event.body, Some(header), secret.expose(), now, DEFAULT_TOLERANCE);
            let verdict = style::warn(&sanitize(&format!("not valid for the secret of this run: {error}")));
            let causes = causes.iter().map(|cause| sanitize(&cause.to_string()));
            [verdict, number, signed].into_iter().chain(causes).collect()
        }
    }
}
