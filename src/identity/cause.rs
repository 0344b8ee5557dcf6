//! The mistakes that `explain` finds, each with its code, its description and its fix.

use std::fmt;

/// Declares [`Cause`] with the code and the text of each variant.
macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// A mistake that makes the signature of a customer fail. `Display` describes the mistake and its fix. It
        /// contains no part of the key or the customer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $($(#[$doc])* $name,)*
        }

        impl Cause {
            /// A stable name for scripts, such as `members_unsorted`.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }

        impl fmt::Display for Cause {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)*
                })
            }
        }
    };
}

causes! {
    /// Nothing is left of the key.
    KeyEmpty = "key_empty", "the key is empty: set it to the key of the chat widget";
    /// Proven: the trimmed key matches.
    KeyWhiteSpace = "key_white_space", "the key to verify with has white space or a line break around it: trim it";
    /// Proven: the key with a line break or a space at its end matches.
    SignerKeyWhiteSpace = "signer_key_white_space", "the signer's key has white space or a line break at its end: trim it there";
    /// Proven: the key without its quotes matches.
    KeyQuoted = "key_quoted", "the key is in quotes: take them off";
    /// Proven: the bytes that the key encodes in hex match.
    KeyHexDecoded = "key_hex_decoded", "the signer decoded the key from hex before signing: use its text, with the prefix";
    /// Proven: the bytes that the key encodes in base64 match.
    KeyBase64Decoded = "key_base64_decoded", "the signer decoded the key from base64 before signing: use its text, with the prefix";
    /// Proven: the key without its prefix matches.
    KeyPrefixStripped = "key_prefix_stripped", "the signer left out the prefix of the key (`sk_live_` or `sk_test_`): it is part of the key";
    /// Proven: the key with the other prefix, or the key of the other environment that was given, matches.
    KeyOfOtherEnvironment = "key_of_other_environment", "the signature was made with the key of the other environment: use the Production key (`sk_live_`) or the Test \
         key (`sk_test_`) on both sides";
    /// Proven: the other key that was given matches, and is of the same environment.
    KeyIsOther = "key_is_other", "the signature was made with the other key that was given";
    /// Evident: the key is a publishable one.
    KeyPublishable = "key_publishable", "the key is publishable (`pk_`): sign with the secret key of the chat widget";
    /// Evident: the key is the secret of a webhook.
    KeyIsWebhookSecret = "key_is_webhook_secret", "the key is the secret of a webhook (`whsec_`): sign with the secret key of the chat widget";

    /// Evident: there is white space around the signature, or quotes.
    SignatureQuoted = "signature_quoted", "the signature has quotes or white space around it: take them off";
    /// Evident: the signature has a name in front.
    SignaturePrefixed = "signature_prefixed", "the signature has a prefix such as `sha256=`: send the hex digits alone";
    /// The digits are upper-case.
    SignatureUpperCase = "signature_upper_case", "the signature is in upper-case hex: send lower-case digits";
    /// The signature is in base64.
    SignatureBase64 = "signature_base64", "the signature is in base64: send it as hex";
    /// Evident from the length.
    SignatureSha1 = "signature_sha1", "the signature has the length of SHA-1: use HMAC-SHA256";
    /// Evident from the length.
    SignatureSha512 = "signature_sha512", "the signature has the length of SHA-512: use HMAC-SHA256";
    /// Evident from the form.
    SignatureOfWebhook = "signature_of_webhook", "the value is the signature of a webhook (`t=…,v1=…`): use `cstar verify` for those";

    /// Proven: another order of the members matches.
    MembersUnsorted = "members_unsorted", "the members of the JSON are not sorted: sign them as email, externalId, name, timestamp";
    /// Proven: JSON with spaces or line breaks matches.
    JsonSpaces = "json_spaces", "the JSON has spaces or line breaks between its parts: sign compact JSON";
    /// Proven: JSON with a line break at its end matches.
    JsonNewline = "json_newline", "the JSON has a line break at its end: sign it without";
    /// Proven: JSON with `\u00e9` in place of é matches.
    NonAsciiEscaped = "non_ascii_escaped", "characters outside ASCII were escaped, such as `\\u00e9`: sign them as UTF-8, as JSON.stringify does";
    /// Proven: JSON with `\/` matches.
    SlashesEscaped = "slashes_escaped", "slashes were escaped as `\\/`: sign them as they are (in PHP, JSON_UNESCAPED_SLASHES)";
    /// Proven: JSON with `<`, `>` and `&` escaped matches.
    HtmlEscaped = "html_escaped", "`<`, `>` or `&` were escaped, such as `\\u0026`: sign them as they are (in Go, SetEscapeHTML(false))";
    /// Proven or evident: the time is in milliseconds.
    TimestampInMilliseconds = "timestamp_in_milliseconds", "the timestamp is in milliseconds: sign and send unix seconds";
    /// Proven or evident: the time is text.
    TimestampText = "timestamp_text", "the timestamp is text: sign and send a number";
    /// Proven: the JSON without a time matches.
    TimestampLeftOut = "timestamp_left_out", "the timestamp is not part of what was signed: sign it too";
    /// Proven or evident: the id is a number.
    ExternalIdNumber = "external_id_number", "`externalId` is a number: sign and send text, such as \"42\"";
    /// Proven or evident: the member is called `id`.
    IdMember = "id_member", "`id` stands in place of `externalId`, as on cStar's chat page: the page on identity verification says `externalId`";
    /// Proven: the JSON without the name matches.
    NameLeftOut = "name_left_out", "the name is not part of what was signed, but it is sent: sign what you send";
    /// Proven: the JSON with an empty name matches.
    NameEmpty = "name_empty", "an empty name was signed, but none is sent: leave it out of both";
    /// Proven or evident: the name is null.
    NameNull = "name_null", "the name is null: leave the member out if there is no name";
    /// Proven: two values exchanged match.
    ValuesSwapped = "values_swapped", "the values of two members were exchanged when signing: check the order of the arguments";
}

impl std::error::Error for Cause {}
