//! Signing secrets on the command line.

use crate::Secret;

/// Accepts a secret as it is. White space around it may be a mistake, but only `verify` can detect that.
///
/// # Errors
/// A message for the user: a blank secret is as good as public.
pub(crate) fn parse(text: &str) -> Result<Secret, String> {
    if text.trim().is_empty() {
        return Err("it is blank; use the `whsec_` value of your endpoint".to_owned());
    }
    Ok(Secret::new(text))
}

/// Accepts the key of a chat widget as it is.
///
/// # Errors
/// A message for the user.
pub(crate) fn parse_key(text: &str) -> Result<Secret, String> {
    if text.trim().is_empty() {
        return Err("it is blank; use the Production or Test key of the chat widget".to_owned());
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_secret_is_rejected() {
        assert!(parse("").is_err() && parse(" \t\n").is_err());
        assert_eq!(parse(" whsec_a ").unwrap().expose(), " whsec_a ");
    }
}
