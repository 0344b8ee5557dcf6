//! The mistakes `explain` can prove, each as a sentence with its cure.

use super::super::error::Side;

/// A mistake that makes a good signature fail. `Display` gives a sentence with the cure; it holds
/// no part of the secret or the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// No header, or a blank one.
    #[error("the signature header is missing: pass the value of `X-Signature`")]
    HeaderMissing,
    /// The value belongs to the header or thing named.
    #[error("the value is that of {0}, not a signature: pass the value of `X-Signature`")]
    HeaderOfOther(&'static str),
    /// The name of the header is part of the value.
    #[error("the header's name is part of the value: pass only what follows `X-Signature: `")]
    HeaderNameIncluded,
    /// There are quotes around the value.
    #[error("the header's value is in quotes: take them off")]
    HeaderQuoted,
    /// More than one `t`.
    #[error("two signature headers were joined into one: pass either `X-Signature` or `cstar-signature`")]
    HeaderJoined,
    /// 64 hexadecimal digits and nothing else.
    #[error("only the hexadecimal digits are left of the header: pass all of it, from `t=` on")]
    HeaderOnlyDigits,

    /// Nothing, or white space alone.
    #[error("the secret is empty: set it to the `whsec_` value of this endpoint")]
    SecretEmpty,
    /// It begins like an API key.
    #[error(
        "the secret is an API key (`sk_` or `pk_`): use the `whsec_` secret of the endpoint, and if the key \
         may have been seen, replace it"
    )]
    SecretIsApiKey,
    /// It begins like a webhook's id.
    #[error("the secret is a webhook id: use the `whsec_` secret of that webhook")]
    SecretIsWebhookId,
    /// Proven: it matches once trimmed.
    #[error("the secret has white space or a line break before or after it: trim it")]
    SecretWhiteSpace,
    /// Proven: it matches without its quotes.
    #[error("the secret is in quotes: take them off")]
    SecretQuoted,
    /// Proven: it matches from after the `=`.
    #[error("the secret still has its variable's name in front: use only what follows the `=`")]
    SecretNameIncluded,
    /// Proven: it matches with `whsec_` in front.
    #[error("the secret lacks its `whsec_` prefix: the prefix is part of the key, put it back")]
    SecretPrefixMissing,
    /// Proven: it matches without `whsec_`.
    #[error(
        "the sender signed with the secret less its `whsec_` prefix: cStar signs with all of it, \
         so fix the sender"
    )]
    SecretPrefixStripped,
    /// Proven: the key is what the secret holds in base64.
    #[error(
        "the sender decoded the secret from base64 before signing: cStar signs with its text as it is, \
         so fix the sender"
    )]
    SecretDecoded,

    /// No bytes at all.
    #[error(
        "the body is empty: something read it before the check, such as a JSON body parser; \
         take the raw body first"
    )]
    BodyEmpty,
    /// The text JavaScript gives an object.
    #[error("the body is the text `[object Object]`: it was parsed first; take the raw body")]
    BodyIsObjectText,
    /// Proven: it matches without its last line break.
    #[error("a line break was added at the end of the body: pass the bytes as received")]
    BodyNewlineAdded,
    /// Proven: it matches with a line break at the end.
    #[error("the line break at the end of the body was lost: pass the bytes as received, untrimmed")]
    BodyNewlineLost,
    /// Proven: it matches with LF for CRLF.
    #[error("the body's line breaks were turned into CRLF: pass the bytes as received, not a text file")]
    BodyToCrlf,
    /// Proven: it matches with CRLF for LF.
    #[error("the body's CRLF line breaks were turned into LF: pass the bytes as received")]
    BodyToLf,
    /// Proven: it matches when laid out anew.
    #[error("the body is JSON that was parsed and written out again: check the raw bytes, then parse")]
    BodyReserialized,
    /// Proven: it matches once read out of a JSON string.
    #[error("the body was wrapped in a JSON string: check the raw bytes, before anything encodes them")]
    BodyInJsonString,
    /// Proven: it matches once decoded from base64.
    #[error("the body is in base64, as some gateways and functions hand it over: decode it first")]
    BodyInBase64,
    /// Proven: it matches without its byte order mark.
    #[error("a byte order mark was put before the body: pass the bytes as received")]
    BodyMarkAdded,
    /// Proven: it matches when its UTF-16 is written as UTF-8.
    #[error(
        "the body was saved as UTF-16, as `>` of Windows PowerShell does: pass the bytes as received, or save \
         it as UTF-8"
    )]
    BodyInUtf16,
    /// Proven: it matches when its UTF-8 is taken for Latin-1 text.
    #[error("the body was read as Latin-1 and written as UTF-8: keep it as bytes, or read it as UTF-8")]
    BodyReadAsLatin1,
    /// Proven: it matches without the `{t}.` in front.
    #[error("the body already has `t` and a dot in front: pass the body alone")]
    BodyTimeIncluded,

    /// Proven: it is the signature of the body alone.
    #[error("the sender signed the body alone: `v1` is over `t`, a dot and the body, so fix the sender")]
    SignedWithoutTime,
    /// `t` has 13 digits.
    #[error("`t` is in milliseconds: have the sender sign and send unix seconds")]
    TimeInMilliseconds,
    /// Authentic, but not of now.
    #[error("{}", time_text(*side, *age, *tolerance))]
    TimeOutsideTolerance {
        /// Whether the time lies before or after now.
        side: Side,
        /// Seconds between the two.
        age: u64,
        /// Seconds allowed.
        tolerance: u64,
    },
}

impl Cause {
    /// A short name that stays the same, for scripts: `secret_white_space`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::HeaderMissing => "header_missing",
            Self::HeaderOfOther(_) => "header_of_other",
            Self::HeaderNameIncluded => "header_name_included",
            Self::HeaderQuoted => "header_quoted",
            Self::HeaderJoined => "header_joined",
            Self::HeaderOnlyDigits => "header_only_digits",
            Self::SecretEmpty => "secret_empty",
            Self::SecretIsApiKey => "secret_is_api_key",
            Self::SecretIsWebhookId => "secret_is_webhook_id",
            Self::SecretWhiteSpace => "secret_white_space",
            Self::SecretQuoted => "secret_quoted",
            Self::SecretNameIncluded => "secret_name_included",
            Self::SecretPrefixMissing => "secret_prefix_missing",
            Self::SecretPrefixStripped => "secret_prefix_stripped",
            Self::SecretDecoded => "secret_decoded",
            Self::BodyEmpty => "body_empty",
            Self::BodyIsObjectText => "body_is_object_text",
            Self::BodyNewlineAdded => "body_newline_added",
            Self::BodyNewlineLost => "body_newline_lost",
            Self::BodyToCrlf => "body_to_crlf",
            Self::BodyToLf => "body_to_lf",
            Self::BodyReserialized => "body_reserialized",
            Self::BodyInJsonString => "body_in_json_string",
            Self::BodyInBase64 => "body_in_base64",
            Self::BodyMarkAdded => "body_mark_added",
            Self::BodyInUtf16 => "body_in_utf16",
            Self::BodyReadAsLatin1 => "body_read_as_latin1",
            Self::BodyTimeIncluded => "body_time_included",
            Self::SignedWithoutTime => "signed_without_time",
            Self::TimeInMilliseconds => "time_in_milliseconds",
            Self::TimeOutsideTolerance { .. } => "time_outside_tolerance",
        }
    }
}

fn time_text(side: Side, age: u64, tolerance: u64) -> String {
    match side {
        Side::Past => format!(
            "the request was signed {age} s ago and {tolerance} s are allowed: it was held back or replayed, \
             or the clock here is ahead; have it sent again, or allow more for a kept request"
        ),
        Side::Future => format!(
            "the request is dated {age} s in the future and {tolerance} s are allowed: set the clock here, \
             or the sender's"
        ),
    }
}
