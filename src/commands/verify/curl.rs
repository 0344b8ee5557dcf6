//! A curl command, as browsers and proxies copy it for a POSIX shell.

use std::path::Path;

use super::captured::{Captured, signature_of};

/// Options with a value that changes nothing here. A value that begins with `-` would be taken for an option.
const WITH_VALUE: [&str; 26] = [
    "-X",
    "--request",
    "-o",
    "--output",
    "-u",
    "--user",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-b",
    "--cookie",
    "-c",
    "--cookie-jar",
    "-x",
    "--proxy",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-w",
    "--write-out",
    "--url",
    "--retry",
    "--cacert",
    "--cert",
    "--key",
];

/// Whether and how an option of curl adds to the body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    /// `-d`: a file without its line breaks.
    Text,
    /// `--data-raw`: `@` means nothing.
    Raw,
    Binary,
    /// Several of them are joined without `&`.
    Json,
}

pub(super) fn parse(command: &str, directory: &Path) -> Result<Captured, String> {
    if command.contains("^\"") {
        return Err("it is a curl command for Windows: copy it as cURL for bash".to_owned());
    }
    let plain = plain_quotes(command.trim());
    let words =
        shell_words::split(&plain).map_err(|_| "a quote of the curl command is not closed".to_owned())?;
    let mut words = words.into_iter();
    if !words.next().is_some_and(|name| name == "curl" || name == "curl.exe") {
        return Err("it is not a curl command: it should begin with `curl`".to_owned());
    }
    let (mut headers, mut body, mut remarks) = (Vec::new(), None::<Vec<u8>>, Vec::new());
    while let Some(word) = words.next() {
        let (name, own) = option(&word);
        let mut value = || match own.clone() {
            Some(value) => Ok(value),
            None => words.next().ok_or_else(|| format!("`{name}` of the curl command has no value")),
        };
        let data = match name.as_str() {
            "-H" | "--header" => {
                let header = value()?;
                headers
                    .extend(header.split_once(':').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned())));
                continue;
            }
            "-d" | "--data" | "--data-ascii" => Data::Text,
            "--data-raw" => Data::Raw,
            "--data-binary" => Data::Binary,
            "--json" => Data::Json,
            "--data-urlencode" | "-F" | "--form" | "--form-string" | "-T" | "--upload-file" | "-G"
            | "--get" => {
                return Err(format!("`{name}` of the curl command does not send the body of a webhook"));
            }
            name if WITH_VALUE.contains(&name) => {
                value()?;
                continue;
            }
            _ => continue,
        };
        let value = value()?;
        let is_file = value.starts_with('@');
        let part = part(data, value, directory)?;
        if data == Data::Text && is_file {
            remarks.push(format!("curl {name} @FILE leaves out line breaks; --data-binary sends all bytes."));
        }
        let whole = body.get_or_insert_with(Vec::new);
        if !whole.is_empty() && data != Data::Json {
            whole.push(b'&');
        }
        whole.extend(part);
    }
    let body = body.ok_or_else(|| {
        "the curl command has no body: it should have --data-binary or --data-raw".to_owned()
    })?;
    let signature =
        signature_of(headers.iter().map(|(name, value): &(String, String)| (name.as_str(), value.as_str())));
    let origin = "the curl command".to_owned();
    Ok(Captured { origin, body, signature, sent_at: None, remarks })
}

/// The name of an option and its value, if that is part of the same word: `--data=x`, `-dx`.
fn option(word: &str) -> (String, Option<String>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word.to_owned(), None),
        };
    }
    match word.split_at_checked(2) {
        Some((name @ ("-H" | "-d" | "-X" | "-o" | "-u" | "-A" | "-b"), value)) if !value.is_empty() => {
            (name.to_owned(), Some(value.to_owned()))
        }
        _ => (word.to_owned(), None),
    }
}

fn part(data: Data, value: String, directory: &Path) -> Result<Vec<u8>, String> {
    let Some(name) = value.strip_prefix('@').filter(|_| data != Data::Raw) else {
        return Ok(value.into_bytes());
    };
    if name == "-" {
        return Err("the curl command reads its body from standard input: save the body to a file, and pass that with --signature"
            .to_owned());
    }
    let mut bytes = std::fs::read(directory.join(name)).map_err(|error| {
        format!("could not read `{name}` of the curl command: {}", crate::host::io_error::io_message(&error))
    })?;
    if data == Data::Text {
        // As curl does.
        bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
    }
    Ok(bytes)
}

/// Turns `$'…'`, which Chrome uses for bodies with line breaks, into other quotes, and joins lines that end with `\`.
fn plain_quotes(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut chars = command.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '$') if chars.peek() == Some(&'\'') => {
                chars.next();
                let text = ansi_c(&mut chars);
                out.push_str(&format!("'{}'", text.replace('\'', r"'\''")));
            }
            (None, '\\') if matches!(chars.peek(), Some('\n' | '\r')) => {
                while chars.next_if(|c| matches!(c, '\n' | '\r')).is_some() {}
                out.push(' ');
            }
            (Some('"') | None, '\\') => {
                out.push(c);
                out.extend(chars.next());
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                out.push(c);
            }
            (Some(open), c) => {
                quote = (open != c).then_some(open);
                out.push(c);
            }
            (None, c) => out.push(c),
        }
    }
    out
}

/// The text up to the closing quote.
fn ansi_c(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\'' => break,
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some(kind @ ('u' | 'U' | 'x')) => {
                    let most = match kind {
                        'u' => 4,
                        'U' => 8,
                        _ => 2,
                    };
                    let mut code = 0;
                    for _ in 0..most {
                        let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) else { break };
                        code = code * 16 + digit;
                        chars.next();
                    }
                    text.extend(char::from_u32(code));
                }
                other => text.extend(other),
            },
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(command: &str) -> (String, Option<String>) {
        let found = parse(command, Path::new("/nowhere")).unwrap();
        (String::from_utf8(found.body).unwrap(), found.signature)
    }

    #[test]
    fn commands_are_read_as_curl_reads_them() {
        let signed = Some("t=1,v1=ab".to_owned());
        for command in [
            "curl 'http://x/hook' -H 'X-Signature: t=1,v1=ab' --data-binary '{\"a\":\"it'\\''s\"}'",
            "curl -X POST http://x/hook \\\n  -H 'content-type: application/json' \\\r\n  -HX-Signature:t=1,v1=ab \\\n  --data-raw \"{\\\"a\\\":\\\"it's\\\"}\" --compressed",
            "curl --url http://x --header=cstar-signature:t=1,v1=ab --data $'{\"a\":\"it\\'s\\u0022}'",
            "curl -sS -i 'http://x' -u a:b -H 'X-Signature: t=1,v1=ab' --json '{\"a\":' --json '\"it'\\''s\"}'",
        ] {
            assert_eq!(parsed(command), ("{\"a\":\"it's\"}".to_owned(), signed.clone()), "{command}");
        }
        assert_eq!(parsed("curl x --data-raw @x -d b").0, "@x&b");
        assert_eq!(parsed("curl x --data-raw $'a\\nb\\x21'").0, "a\nb!");
    }

    #[test]
    fn files_are_read_beside_the_command() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("body.json"), "{\r\n}\n").unwrap();
        let body = |option: &str| parse(&format!("curl x {option} @body.json"), home.path()).unwrap().body;
        assert_eq!((body("--data-binary"), body("-d")), (b"{\r\n}\n".to_vec(), b"{}".to_vec()));
        assert!(parse("curl x -d @missing", home.path()).unwrap_err().contains("`missing`"));
    }

    #[test]
    fn commands_without_a_body_are_refused() {
        for command in
            ["wget x", "curl x", "curl 'x", "curl x -d", "curl x -F a=b", "curl ^\"x^\"", "curl x -d @-"]
        {
            assert!(parse(command, Path::new("/nowhere")).is_err(), "{command}");
        }
    }
}
