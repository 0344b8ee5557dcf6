//! The mistakes `explain` can prove, each as a sentence with its cure.

use std::fmt;

use super::super::error::Side;

/// Declares [`Cause`] with the code and the text of each variant. A text is empty where it needs the values
/// of the variant.
macro_rules! causes {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($value:ty))? $({ $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })?
            = $code:literal, $text:literal;
    )*) => {
        /// A mistake that makes a good signature fail. `Display` gives a sentence with the cure; it holds
        /// no part of the secret or the request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Cause {
            $($(#[$doc])* $name $(($value))? $({ $($(#[$field_doc])* $field: $kind,)* })?,)*
        }

        impl Cause {
            /// A short name that stays the same, for scripts: `secret_white_space`.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            fn text(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $text,)*
                }
            }
        }
    };
}

causes! {
    /// No header, or a blank one.
    HeaderMissing = "header_missing", "the signature header is missing: pass the value of `X-Signature`";
    /// The value belongs to the header or thing named.
    HeaderOfOther(&'static str) = "header_of_other", "";
    /// The name of the header is part of the value.
    HeaderNameIncluded = "header_name_included", "the header's name is part of the value: pass only what follows `X-Signature: `";
    /// There are quotes around the value.
    HeaderQuoted = "header_quoted", "the header's value is in quotes: take them off";
    /// More than one `t`.
    HeaderJoined = "header_joined", "two signature headers were joined into one: pass either `X-Signature` or `cstar-signature`";
    /// 64 hexadecimal digits and nothing else.
    HeaderOnlyDigits = "header_only_digits", "only the hexadecimal digits are left of the header: pass all of it, from `t=` on";

    /// Nothing, or white space alone.
    SecretEmpty = "secret_empty", "the secret is empty: set it to the `whsec_` value of this endpoint";
    /// It begins like an API key.
    SecretIsApiKey = "secret_is_api_key", "the secret is an API key (`sk_` or `pk_`): use the `whsec_` secret of the endpoint, and if the key \
         may have been seen, replace it";
    /// It begins like a webhook's id.
    SecretIsWebhookId = "secret_is_webhook_id", "the secret is a webhook id: use the `whsec_` secret of that webhook";
    /// Proven: it matches once trimmed.
    SecretWhiteSpace = "secret_white_space", "the secret has white space or a line break before or after it: trim it";
    /// Proven: it matches without its quotes.
    SecretQuoted = "secret_quoted", "the secret is in quotes: take them off";
    /// Proven: it matches from after the `=`.
    SecretNameIncluded = "secret_name_included", "the secret still has its variable's name in front: use only what follows the `=`";
    /// Proven: it matches with `whsec_` in front.
    SecretPrefixMissing = "secret_prefix_missing", "the secret lacks its `whsec_` prefix: the prefix is part of the key, put it back";
    /// Proven: it matches without `whsec_`.
    SecretPrefixStripped = "secret_prefix_stripped", "the sender signed with the secret less its `whsec_` prefix: cStar signs with all of it, \
         so fix the sender";
    /// Proven: the key is what the secret holds in base64.
    SecretDecoded = "secret_decoded", "the sender decoded the secret from base64 before signing: cStar signs with its text as it is, \
         so fix the sender";

    /// No bytes at all.
    BodyEmpty = "body_empty", "the body is empty: something read it before the check, such as a JSON body parser; \
         take the raw body first";
    /// The text JavaScript gives an object.
    BodyIsObjectText = "body_is_object_text", "the body is the text `[object Object]`: it was parsed first; take the raw body";
    /// Proven: it matches without its last line break.
    BodyNewlineAdded = "body_newline_added", "a line break was added at the end of the body: pass the bytes as received";
    /// Proven: it matches with a line break at the end.
    BodyNewlineLost = "body_newline_lost", "the line break at the end of the body was lost: pass the bytes as received, untrimmed";
    /// Proven: it matches with LF for CRLF.
    BodyToCrlf = "body_to_crlf", "the body's line breaks were turned into CRLF: pass the bytes as received, not a text file";
    /// Proven: it matches with CRLF for LF.
    BodyToLf = "body_to_lf", "the body's CRLF line breaks were turned into LF: pass the bytes as received";
    /// Proven: it matches when laid out anew.
    BodyReserialized = "body_reserialized", "the body is JSON that was parsed and written out again: check the raw bytes, then parse";
    /// Proven: it matches once read out of a JSON string.
    BodyInJsonString = "body_in_json_string", "the body was wrapped in a JSON string: check the raw bytes, before anything encodes them";
    /// Proven: it matches once decoded from base64.
    BodyInBase64 = "body_in_base64", "the body is in base64, as some gateways and functions hand it over: decode it first";
    /// Proven: it matches without its byte order mark.
    BodyMarkAdded = "body_mark_added", "a byte order mark was put before the body: pass the bytes as received";
    /// Proven: it matches when its UTF-16 is written as UTF-8.
    BodyInUtf16 = "body_in_utf16", "the body was saved as UTF-16, as `>` of Windows PowerShell does: pass the bytes as received, or save \
         it as UTF-8";
    /// Proven: it matches when its UTF-8 is taken for Latin-1 text.
    BodyReadAsLatin1 = "body_read_as_latin1", "the body was read as Latin-1 and written as UTF-8: keep it as bytes, or read it as UTF-8";
    /// Proven: it matches without the `{t}.` in front.
    BodyTimeIncluded = "body_time_included", "the body already has `t` and a dot in front: pass the body alone";

    /// Proven: it is the signature of the body alone.
    SignedWithoutTime = "signed_without_time", "the sender signed the body alone: `v1` is over `t`, a dot and the body, so fix the sender";
    /// `t` has 13 digits.
    TimeInMilliseconds = "time_in_milliseconds", "`t` is in milliseconds: have the sender sign and send unix seconds";
    /// Authentic, but not of now.
    TimeOutsideTolerance {
        /// Whether the time lies before or after now.
        side: Side,
        /// Seconds between the two.
        age: u64,
        /// Seconds allowed.
        tolerance: u64,
    } = "time_outside_tolerance", "";
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::HeaderOfOther(other) => {
                write!(f, "the value is that of {other}, not a signature: pass the value of `X-Signature`")
            }
            Self::TimeOutsideTolerance { side, age, tolerance } => {
                f.write_str(&time_text(side, age, tolerance))
            }
            cause => f.write_str(cause.text()),
        }
    }
}

impl std::error::Error for Cause {}

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
