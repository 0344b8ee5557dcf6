//! Detects unusual characters in secrets and keys before they are used.

/// Describes an unusual character of a secret; `None` when there is none. Contains no other part of the secret.
pub(crate) fn oddity(secret: &str) -> Option<String> {
    let named = |c: char| match c {
        '\r' => "a carriage return (a .env file with Windows line ends?)".to_owned(),
        '\n' => "a line feed".to_owned(),
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\u{a0}' => "a no-break space (U+00A0)".to_owned(),
        '\u{feff}' => "a byte order mark (U+FEFF)".to_owned(),
        '\0' => "a null character (U+0000)".to_owned(),
        '\u{ad}' => "a soft hyphen (U+00AD)".to_owned(),
        '\u{200b}' => "a zero-width space (U+200B)".to_owned(),
        '\u{200c}' => "a zero-width non-joiner (U+200C)".to_owned(),
        '\u{200d}' => "a zero-width joiner (U+200D)".to_owned(),
        '\u{2060}' => "a word joiner (U+2060)".to_owned(),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            format!("an invisible mark of the writing direction (U+{:04X})", u32::from(c))
        }
        c if c.is_whitespace() => format!("white space (U+{:04X})", u32::from(c)),
        '"' | '\'' | '`' | '“' | '”' | '‘' | '’' => format!("a quote ({c})"),
        other => format!("the character U+{:04X}", u32::from(other)),
    };
    let is_odd = |c: &char| !c.is_ascii_graphic();
    let first = secret.chars().next()?;
    let last = secret.chars().next_back()?;
    let quote = |c: &char| matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’');
    if secret.chars().count() > 1 && quote(&first) && quote(&last) {
        return Some(format!("is in quotes ({first})"));
    }
    if is_odd(&last) {
        return Some(format!("ends with {}", named(last)));
    }
    if is_odd(&first) {
        return Some(format!("begins with {}", named(first)));
    }
    if quote(&last) {
        return Some(format!("ends with {}", named(last)));
    }
    if quote(&first) {
        return Some(format!("begins with {}", named(first)));
    }
    secret.chars().find(|c| is_odd(c) || quote(c)).map(|c| format!("has {} in it", named(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_characters_are_described() {
        for (secret, expected) in [
            ("whsec_a\r", "ends with a carriage return"),
            ("whsec_a\r\n", "ends with a line feed"),
            (" whsec_a", "begins with a space"),
            ("whsec_a\t", "ends with a tab"),
            ("\"whsec_a\"", "is in quotes (\")"),
            ("'whsec_a'", "is in quotes (')"),
            ("whsec_a'", "ends with a quote (')"),
            ("\u{feff}whsec_a", "begins with a byte order mark"),
            ("whsec_\u{a0}a", "has a no-break space"),
            ("whsec_é", "ends with the character U+00E9"),
            ("whsec_a\u{200b}", "ends with a zero-width space (U+200B)"),
            ("whsec\u{200d}_a", "has a zero-width joiner (U+200D) in it"),
            ("\u{202e}whsec_a", "begins with an invisible mark of the writing direction (U+202E)"),
            ("whsec_a\u{3000}", "ends with white space (U+3000)"),
            ("whsec_a\0", "ends with a null character"),
            ("“whsec_a”", "is in quotes (“)"),
        ] {
            let found = oddity(secret).unwrap_or_default();
            assert!(found.starts_with(expected) && !found.contains("whsec"), "{secret:?}: {found}");
        }
        for plain in ["whsec_abc", "", "s", "whsec_a+b/c="] {
            assert_eq!(oddity(plain), None, "{plain}");
        }
    }
}
