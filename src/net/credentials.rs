//! Removes user names and passwords from addresses before they are printed.

/// The separators before the host, plain and percent-encoded.
const MARKS: [&str; 2] = ["@", "%40"];

/// `text` without the part before the last `@`, which may be a password. Keeps the scheme. The text is often not a
/// valid URL, because it is printed in errors.
pub(crate) fn without_credentials(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let Some(end) = MARKS.iter().filter_map(|mark| Some(lower.rfind(mark)? + mark.len())).max() else {
        return text.to_owned();
    };
    let rest = text.get(end..).unwrap_or_default();
    let scheme = lower.get(..end).and_then(|before| before.split_once("://")).map(|(scheme, _)| scheme);
    match scheme.filter(|scheme| matches!(*scheme, "http" | "https" | "socks5" | "socks5h")) {
        Some(scheme) => format!("{scheme}://…@{rest}"),
        None => format!("…@{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_removed_from_all_forms() {
        for (text, shown) in [
            ("https://u:hunter2@h.example", "https://…@h.example"),
            ("HTTPS://u:hunter2@h.example/x", "https://…@h.example/x"),
            ("//u:hunter2@h.example", "…@h.example"),
            ("u:hunter2@h.example", "…@h.example"),
            ("https:u:hunter2@h.example", "…@h.example"),
            ("https://u:hunter2%40h.example", "https://…@h.example"),
            ("u:hunter2@x%40h:1", "…@h:1"),
            ("ticket.*=https://u:hunter2@h", "…@h"),
            ("hunter2://x@h", "…@h"),
            ("h.example:1", "h.example:1"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(text), shown, "{text}");
        }
    }
}
