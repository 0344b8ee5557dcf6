//! Secrets within text: `password=…`, `token: …`, and the user and password of a URL.

/// `text` without the values of secret names. `is_secret` checks a name.
pub(crate) fn without_assigned(text: &str, is_secret: impl Fn(&str) -> bool, instead: &str) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(['=', ':']) {
        let Some(before) = text.get(from..at) else { continue };
        let before = before.trim_end_matches([' ', '"', '\'', '\\']);
        let name = before.rsplit(|c: char| !(c.is_alphanumeric() || "_-[].".contains(c))).next();
        if !name.is_some_and(&is_secret) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', '"', '\'', '\\', '=', ':', '>']);
        let start = text.len() - value.len();
        let end = value.find(|c: char| c.is_whitespace() || "&;,\"'\\<>)}".contains(c));
        let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
        // what follows the scheme is a credential
        let is_scheme = ["bearer", "basic"].iter().any(|scheme| value.eq_ignore_ascii_case(scheme));
        if value.is_empty() || is_scheme {
            continue;
        }
        out.push_str(text.get(from..start).unwrap_or_default());
        out.push_str(instead);
        from = start + value.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// `text` without user and password in URLs.
pub(crate) fn without_user_info(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'<>\\".contains(c)).unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or_default();
        match authority.rfind('@') {
            Some(at) => {
                out.push('…');
                rest = after.get(at..).unwrap_or_default();
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_assignments_are_removed_from_text() {
        for (text, kept) in [
            ("password=hunter2&a=b", "password=…&a=b"),
            ("my password: hunter2, thanks", "my password: …, thanks"),
            ("Server=x;Password = 'hunter2';", "Server=x;Password = '…';"),
            ("password := hunter2 é", "password := … é"),
            ("password: bearer x", "password: bearer x"),
            ("password=", "password="),
            ("no secret: hunter2", "no secret: hunter2"),
        ] {
            let is_secret = |name: &str| name.eq_ignore_ascii_case("password");
            assert_eq!(without_assigned(text, is_secret, "…"), kept);
        }
    }

    #[test]
    fn credentials_are_removed_from_urls() {
        for (text, kept) in [
            ("at https://u:hunter2@h/p?x=a@b and http://h/", "at https://…@h/p?x=a@b and http://h/"),
            ("postgres://u:p@ss@h", "postgres://…@h"),
            ("a@b.example, http://h", "a@b.example, http://h"),
            ("://", "://"),
        ] {
            assert_eq!(without_user_info(text), kept);
        }
    }
}
