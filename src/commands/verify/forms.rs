//! Recognises the form in which a request was kept, and reads it.

use std::path::Path;

use super::captured::{Captured, Choice, choose};
use super::{curl, har, raw_request, saved};
use crate::output::Failure;

/// The forms in which a request can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Request,
    Curl,
    Har,
    /// Lines of `listen --json` or of the history.
    Lines,
}

/// The form of `bytes`, if they can be nothing else than a kept request. A body of an event is JSON too, but has no
/// member of these.
pub(super) fn recognize(bytes: &[u8]) -> Option<Form> {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"curl ") || text.starts_with(b"curl.exe ") {
        return Some(Form::Curl);
    }
    if raw_request::is_request(text) {
        return Some(Form::Request);
    }
    if text.first() != Some(&b'{') {
        return None;
    }
    if har::is_archive(text) {
        return Some(Form::Har);
    }
    saved::is_lines(text).then_some(Form::Lines)
}

/// Reads the request that `bytes` hold in this form. `directory` is where `@FILE` of a curl command is looked for.
pub(super) fn read(form: Form, bytes: &[u8], choice: &Choice, directory: &Path) -> Result<Captured, Failure> {
    match form {
        Form::Request => raw_request::parse(bytes).map_err(Failure::usage),
        Form::Curl => {
            let text = String::from_utf8_lossy(bytes);
            curl::parse(&text, directory).map_err(Failure::usage)
        }
        Form::Har => choose(har::requests(bytes)?, choice, "the HAR"),
        Form::Lines => choose(saved::requests(bytes)?, choice, "the input"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORMS: [Form; 4] = [Form::Request, Form::Curl, Form::Har, Form::Lines];

    fn read_all(bytes: &[u8]) {
        let _ = recognize(bytes);
        for form in FORMS {
            let _ = read(form, bytes, &Choice::default(), Path::new("/nowhere"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read_all(&bytes);
        }

        #[test]
        fn near_requests_are_read_or_refused(
            start in "(curl |POST / HTTP/1.1\n|\\{\"body\":|\\{\"log\":\\{\"entries\":\\[)?",
            rest in "[-HdX '\"\\\\$\n\r\t:;,0-9a-f@{}\\[\\]é]{0,80}",
        ) {
            read_all(format!("{start}{rest}").as_bytes());
        }
    }

    #[test]
    fn forms_are_recognized_and_bodies_are_not() {
        for (text, form) in [
            ("\n curl 'http://x'", Some(Form::Curl)),
            ("POST /hook HTTP/1.1\r\n", Some(Form::Request)),
            (r#"{"log":{"entries":[]}}"#, Some(Form::Har)),
            (r#"{"id":"evt_1","body":"{}","attempts":[]}"#, Some(Form::Lines)),
            (r#"{"id":"evt_1","type":"ticket.created","created_at":"","data":{}}"#, None),
            ("curly", None),
            ("", None),
            ("{", None),
            ("[]", None),
        ] {
            assert_eq!(recognize(text.as_bytes()), form, "{text}");
        }
    }
}
