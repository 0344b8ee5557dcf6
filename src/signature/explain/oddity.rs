//! What looks wrong with a secret when it is taken, before anything is signed or verified with it.

/// A character that a secret hardly ever has, named for a sentence. `None` when nothing looks wrong. Nothing
/// of the secret is repeated but for that character.
pub(crate) fn oddity(secret: &str) -> Option<String> {
    let named = |c: char| match c {
        '\r' => "a carriage return (a .env file with Windows line ends?)".to_owned(),
        '\n' => "a line feed".to_owned(),
        ' ' => "a space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\u{a0}' => "a no-break space (U+00A0)".to_owned(),
        '\u{feff}' => "a byte order mark (U+FEFF)".to_owned(),
        '"' | '\'' | '`' => format!("a quote ({c})"),
        other => format!("the character U+{:04X}", u32::from(other)),
    };
    let is_odd = |c: &char| !c.is_ascii_graphic();
    let first = secret.chars().next()?;
    let last = secret.chars().next_back()?;
    if is_odd(&last) {
        return Some(format!("ends with {}", named(last)));
    }
    if is_odd(&first) {
        return Some(format!("begins with {}", named(first)));
    }
    let quote = |c: &char| matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’');
    if secret.chars().count() > 1 && quote(&first) && quote(&last) {
        return Some(format!("is in quotes ({first})"));
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
    fn the_odd_character_is_named() {
        for (secret, says) in [
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
            ("whsec_a\u{200b}", "ends with the character U+200B"),
        ] {
            let said = oddity(secret).unwrap_or_default();
            assert!(said.starts_with(says) && !said.contains("whsec"), "{secret:?}: {said}");
        }
        for plain in ["whsec_abc", "", "s", "whsec_a+b/c="] {
            assert_eq!(oddity(plain), None, "{plain}");
        }
    }
}
