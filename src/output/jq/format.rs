//! `@base64`, `@uri` and `@html`, with the crates that the rest of the program uses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jaq_core::native::{Filter, bome, v};
use jaq_core::{Error, RunPtr};
use jaq_json::Val;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::value::{Data, text};

/// RFC 3986, section 2.3: all but the unreserved characters is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const HTML: [(char, &str); 5] =
    [('<', "&lt;"), ('>', "&gt;"), ('&', "&amp;"), ('\'', "&#39;"), ('"', "&quot;")];

pub(super) fn natives() -> [Filter<RunPtr<Data>>; 6] {
    [
        ("escape_html", v(0), |cv| bome(text(&cv.1).map(|text| Val::from(escape_html(text))))),
        ("unescape_html", v(0), |cv| bome(text(&cv.1).map(|text| Val::from(unescape_html(text))))),
        ("encode_uri", v(0), |cv| {
            bome(text(&cv.1).map(|text| Val::from(utf8_percent_encode(text, RESERVED).to_string())))
        }),
        ("decode_uri", v(0), |cv| {
            let decoded = |text| Val::from(percent_decode_str(text).decode_utf8_lossy().into_owned());
            bome(text(&cv.1).map(decoded))
        }),
        ("encode_base64", v(0), |cv| bome(text(&cv.1).map(|text| Val::from(STANDARD.encode(text))))),
        ("decode_base64", v(0), |cv| bome(text(&cv.1).and_then(decode_base64))),
    ]
}

fn escape_html(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match HTML.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => out.push_str(to),
            None => out.push(c),
        }
        out
    })
}

fn unescape_html(text: &str) -> String {
    // `&` last: `&amp;lt;` is `&lt;`.
    let rest = HTML.iter().filter(|(to, _)| *to != '&');
    let text = rest.fold(text.to_owned(), |text, (to, from)| text.replace(from, to.encode_utf8(&mut [0; 4])));
    text.replace("&amp;", "&")
}

fn decode_base64(text: &str) -> Result<Val, Error<Val>> {
    let bytes = STANDARD.decode(text).map_err(Error::str)?;
    Ok(Val::from(String::from_utf8_lossy(&bytes).into_owned()))
}
