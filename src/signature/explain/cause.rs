//! The mistakes that `explain` finds, each with its code, its description and its fix.

use std::fmt;

use super::super::error::Side;

/// Declares [`Cause`] with the code and the text of each variant. The text is empty if it depends on the fields of the
/// variant.
macro_rules! causes {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($value:ty))? $({ $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })?
            = $code:literal, $text:literal;
    )*) => {
        /// A mistake that makes the verification of a genuine request fail. `Display` describes the mistake and its
        /// fix. It contains no part of the secret or the request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Cause {
            $($(#[$doc])* $name $(($value))? $({ $($(#[$field_doc])* $field: $kind,)* })?,)*
        }

        impl Cause {
            /// A stable name for scripts, such as `secret_white_space`.
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
    /// The header is missing or blank.
    HeaderMissing = "header_missing", "the signature header is missing: pass the value of `X-Signature`";
    /// The value is not a signature but something else, which the field names, such as an API key.
    HeaderOfOther(&'static str) = "header_of_other", "";
    /// The value begins with the name of the header.
    HeaderNameIncluded = "header_name_included", "the header's name is part of the value: pass only what follows `X-Signature: `";
    /// The value is in quotes.
    HeaderQuoted = "header_quoted", "the header's value is in quotes: take them off";
    /// The value has more than one `t`.
    HeaderJoined = "header_joined", "two signature headers were joined into one: pass either `X-Signature` or `cstar-signature`";
    /// The value is 64 hexadecimal digits, without `t=` and `v1=`.
    HeaderOnlyDigits = "header_only_digits", "only the hexadecimal digits are left of the header: pass all of it, from `t=` on";

    /// The secret is empty or only white space.
    SecretEmpty = "secret_empty", "the secret is empty: set it to the `whsec_` value of this endpoint";
    /// The secret has the prefix of an API key.
    SecretIsApiKey = "secret_is_api_key", "the secret is an API key (`sk_` or `pk_`): use the `whsec_` secret of the endpoint, and if the key \
         may have been seen, replace it";
    /// The secret has the prefix of a webhook id.
    SecretIsWebhookId = "secret_is_webhook_id", "the secret is a webhook id: use the `whsec_` secret of that webhook";
    /// Proven: the trimmed secret matches.
    SecretWhiteSpace = "secret_white_space", "the secret has white space or a line break before or after it: trim it";
    /// Proven: the secret without its quotes matches.
    SecretQuoted = "secret_quoted", "the secret is in quotes: take them off";
    /// Proven: the part of the secret after its `=` matches.
    SecretNameIncluded = "secret_name_included", "the secret still has its variable's name in front: use only what follows the `=`";
    /// Proven: the secret with `whsec_` in front matches.
    SecretPrefixMissing = "secret_prefix_missing", "the secret lacks its `whsec_` prefix: the prefix is part of the key, put it back";
    /// Proven: the secret without `whsec_` matches.
    SecretPrefixStripped = "secret_prefix_stripped", "the sender signed with the secret less its `whsec_` prefix: cStar signs with all of it, \
         so fix the sender";
    /// Proven: the bytes that the secret encodes in base64 match as the key.
    SecretDecoded = "secret_decoded", "the sender decoded the secret from base64 before signing: cStar signs with its text as it is, \
         so fix the sender";

    /// The body is empty or only white space.
    BodyEmpty = "body_empty", "the body is empty: something read it before the check, such as a JSON body parser; \
         take the raw body first";
    /// The body is the text of a JavaScript object that was converted to a string.
    BodyIsObjectText = "body_is_object_text", "the body is the text `[object Object]`: it was parsed first; take the raw body";
    /// The body is the text that a language prints for an object or for bytes.
    BodyIsProgramText = "body_is_program_text", "the body is the text that a language prints for an object or for bytes, such as `b'…'` of Python: \
         take the raw bytes, and do not convert an object to text";
    /// The body is what a parser writes that found nothing, such as `{}`.
    BodyIsEmptyJson = "body_is_empty_json", "the body is what a parser leaves that found nothing, such as `{}`: it does not read JSON, or not this \
         content type; take the raw body first";
    /// The body was read as an HTML form.
    BodyReadAsForm = "body_read_as_form", "the body was read as a form: take the raw body, before anything parses it";
    /// The body ends within its JSON.
    BodyCut = "body_cut", "the body ends too early: only a part of it was read, such as one line, or one buffer; read all bytes";
    /// The body has replacement characters.
    BodyCharactersLost = "body_characters_lost", "the body has replacement characters: it was read in an encoding other than UTF-8, and what it said is \
         lost; keep it as bytes";
    /// Proven: the body matches without HTML entities.
    BodyHtmlEscaped = "body_html_escaped", "the body was escaped for HTML: check the raw bytes, before anything cleans the input";
    /// Proven: the body decoded from hexadecimal digits matches.
    BodyInHex = "body_in_hex", "the body is in hexadecimal digits: pass the bytes themselves";
    /// Proven: the body without its last line break matches.
    BodyNewlineAdded = "body_newline_added", "a line break was added at the end of the body: pass the bytes as received";
    /// Proven: the body with a line break at the end matches.
    BodyNewlineLost = "body_newline_lost", "the line break at the end of the body was lost: pass the bytes as received, untrimmed";
    /// Proven: the body with LF instead of CRLF matches.
    BodyToCrlf = "body_to_crlf", "the body's line breaks were turned into CRLF: pass the bytes as received, not a text file";
    /// Proven: the body with CRLF instead of LF matches.
    BodyToLf = "body_to_lf", "the body's CRLF line breaks were turned into LF: pass the bytes as received";
    /// Proven: the body matches as compact or indented JSON.
    BodyReserialized = "body_reserialized", "the body is JSON that was parsed and written out again: check the raw bytes, then parse";
    /// Proven: the body is a JSON string, and its content matches.
    BodyInJsonString = "body_in_json_string", "the body was wrapped in a JSON string: check the raw bytes, before anything encodes them";
    /// Proven: the body decoded from base64 matches.
    BodyInBase64 = "body_in_base64", "the body is in base64, as some gateways and functions hand it over: decode it first";
    /// Proven: the body without its byte order mark matches.
    BodyMarkAdded = "body_mark_added", "a byte order mark was put before the body: pass the bytes as received";
    /// Proven: the body converted from UTF-16 to UTF-8 matches.
    BodyInUtf16 = "body_in_utf16", "the body was saved as UTF-16, as `>` of Windows PowerShell does: pass the bytes as received, or save \
         it as UTF-8";
    /// Proven: the body converted from UTF-8 to Latin-1 matches.
    BodyReadAsLatin1 = "body_read_as_latin1", "the body was read as Latin-1 and written as UTF-8: keep it as bytes, or read it as UTF-8";
    /// Proven: the body without the `{t}.` in front matches.
    BodyTimeIncluded = "body_time_included", "the body already has `t` and a dot in front: pass the body alone";

    /// Proven: the signature is that of the body alone.
    SignedWithoutTime = "signed_without_time", "the sender signed the body alone: `v1` is over `t`, a dot and the body, so fix the sender";
    /// `t` has 13 digits.
    TimeInMilliseconds = "time_in_milliseconds", "`t` is in milliseconds: have the sender sign and send unix seconds";
    /// The signature matches, but its time is outside the tolerance.
    TimeOutsideTolerance {
        /// Whether `t` is before or after the current time.
        side: Side,
        /// Seconds between `t` and the current time.
        age: u64,
        /// The tolerance in seconds.
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
