//! Commands for hints, in the language of the shell that people use on this system: a POSIX shell, or PowerShell.

/// Sets a variable for the commands that follow. `value` is text, or a word in capitals for it.
pub(crate) fn set_variable(name: &str, value: &str) -> String {
    if cfg!(windows) { format!("$env:{name} = \"{value}\"") } else { format!("export {name}={value}") }
}

/// Removes a variable.
pub(crate) fn unset_variable(name: &str) -> String {
    if cfg!(windows) { format!("Remove-Item Env:{name}") } else { format!("unset {name}") }
}

/// Shows the owner of a file and who may use it.
pub(crate) fn show_access(path: &std::path::Path) -> String {
    format!("{} '{}'", if cfg!(windows) { "icacls" } else { "ls -ld" }, path.display())
}

/// A word of a command, quoted if necessary. Of the Windows shells, only PowerShell knows single quotes.
pub(crate) fn quote(word: &str) -> String {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"-_./:,=@%+".contains(&byte) || (cfg!(windows) && byte == b'\\')
    };
    // In PowerShell, a variable is expanded into arguments with `@`.
    let is_splat = cfg!(windows) && word.starts_with('@');
    match word {
        word if !word.is_empty() && !is_splat && word.bytes().all(is_plain) => word.to_owned(),
        word if cfg!(windows) => format!("\"{word}\""),
        word => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn words_are_quoted_if_needed() {
        for (word, shown) in [
            ("--base-url", "--base-url"),
            ("http://localhost:4747", "http://localhost:4747"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME;x", "'$HOME;x'"),
            ("", "''"),
            ("ü", "'ü'"),
        ] {
            assert_eq!(quote(word), shown);
        }
    }

    #[cfg(windows)]
    #[test]
    fn words_are_quoted_if_needed() {
        for (word, shown) in [
            ("--base-url", "--base-url"),
            (r"C:\bin\cstar.exe", r"C:\bin\cstar.exe"),
            (r"C:\Program Files\cstar.exe", r#""C:\Program Files\cstar.exe""#),
            ("@event.json", "\"@event.json\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote(word), shown);
        }
    }
}
