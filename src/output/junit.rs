//! Test reports in the JUnit XML that CI systems read.
//!
//! Written by hand: `quick-junit` would bring a second library for dates, and parsers of XML and of escape sequences.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::Failure;
use super::sanitize::redact;
use crate::host::clock::rfc3339_millis;
use crate::host::draft::Draft;
use crate::host::io_error::io_message;

/// One run of tests. Texts may be untrusted: secrets are redacted, and what XML forbids is replaced.
#[derive(Clone, Debug)]
pub(crate) struct TestSuite {
    pub(crate) name: String,
    pub(crate) started_at: Timestamp,
    pub(crate) took: Duration,
    pub(crate) cases: Vec<TestCase>,
}

#[derive(Clone, Debug)]
pub(crate) struct TestCase {
    /// The group of the test, which CI systems show before its name, such as `cstar.check`.
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) took: Duration,
    pub(crate) result: TestResult,
    /// What else is to be shown, such as advice. An empty text is left out.
    pub(crate) output: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TestResult {
    Passed,
    Failed {
        /// One line.
        message: String,
        /// The whole explanation. May be empty.
        detail: String,
    },
    Skipped {
        reason: String,
    },
}

/// Replaces the file at `path` with the report. A reader sees the old file or the whole new one.
pub(crate) fn write_report(path: &Path, suite: &TestSuite) -> Result<(), Failure> {
    write_draft(path, &to_xml(suite)).map_err(|error| {
        Failure::failed(format!("could not write `{}`: {}", path.display(), io_message(&error)))
    })
}

fn write_draft(path: &Path, text: &str) -> io::Result<()> {
    let mut draft = Draft::create_or_open(path)?;
    // In CI another user reads it, and it contains no secrets.
    draft.make_readable()?;
    draft.write_all(text.as_bytes())?;
    draft.finish()
}

fn to_xml(suite: &TestSuite) -> String {
    let count = |is: fn(&TestResult) -> bool| suite.cases.iter().filter(|case| is(&case.result)).count();
    let failed = count(|result| matches!(result, TestResult::Failed { .. }));
    let skipped = count(|result| matches!(result, TestResult::Skipped { .. }));
    let (name, tests) = (escape(&suite.name), suite.cases.len());
    let numbers = format!(
        "tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"{}\"",
        seconds(suite.took)
    );
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {numbers}>\n  \
         <testsuite name=\"{name}\" {numbers} timestamp=\"{}\">\n",
        rfc3339_millis(suite.started_at)
    );
    for case in &suite.cases {
        add_case(&mut xml, case);
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn add_case(xml: &mut String, case: &TestCase) {
    let (class, name, time) = (escape(&case.class), escape(&case.name), seconds(case.took));
    let _ = write!(xml, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{time}\"");
    let mut inner = String::new();
    match &case.result {
        TestResult::Passed => {}
        TestResult::Failed { message, detail } => {
            let (message, detail) = (escape(message), escape(detail));
            let _ = writeln!(inner, "      <failure message=\"{message}\">{detail}</failure>");
        }
        TestResult::Skipped { reason } => {
            let _ = writeln!(inner, "      <skipped message=\"{}\"/>", escape(reason));
        }
    }
    if !case.output.is_empty() {
        let _ = writeln!(inner, "      <system-out>{}</system-out>", escape(&case.output));
    }
    let end = if inner.is_empty() { "/>\n".to_owned() } else { format!(">\n{inner}    </testcase>\n") };
    xml.push_str(&end);
}

fn seconds(took: Duration) -> String {
    format!("{:.3}", took.as_secs_f64())
}

/// For text and for attributes in double quotes. Characters that XML 1.0 forbids, also as references, are printed as
/// `\xNN` or `\u{N}`. White space is written as references, because parsers of attributes turn it into spaces.
fn escape(text: &str) -> String {
    let text = redact(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            _ if is_allowed(c) => out.push(c),
            _ if u32::from(c) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            _ => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    out
}

/// The `Char` of XML 1.0, without the control characters from 7F that it allows and discourages.
fn is_allowed(c: char) -> bool {
    matches!(u32::from(c), 0x20..=0x7e | 0xa0..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</failure>]]>&amp;<!--\"'\u{0}\u{1b}[31m\u{85}\u{fffe}\t\r\n\u{feff}\u{1f389} ü";

    fn case(name: &str, result: TestResult, output: &str) -> TestCase {
        let took = Duration::from_micros(1_500);
        TestCase {
            class: "cstar.check".to_owned(),
            name: name.to_owned(),
            took,
            result,
            output: output.to_owned(),
        }
    }

    fn suite(cases: Vec<TestCase>) -> TestSuite {
        let started_at = "2026-03-06T14:30:00.5Z".parse().unwrap();
        TestSuite { name: "cstar check".to_owned(), started_at, took: Duration::from_secs(2), cases }
    }

    fn failed(message: &str, detail: &str) -> TestResult {
        TestResult::Failed { message: message.to_owned(), detail: detail.to_owned() }
    }

    #[test]
    fn report_counts_and_shows_each_case() {
        let skipped = TestResult::Skipped { reason: "not <wanted>".to_owned() };
        let cases = vec![
            case("valid", TestResult::Passed, ""),
            case("tampered", failed("answered 200", "one\ntwo"), "advice"),
            case("get", skipped, ""),
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cstar check" tests="3" failures="1" errors="0" skipped="1" time="2.000">
  <testsuite name="cstar check" tests="3" failures="1" errors="0" skipped="1" time="2.000" timestamp="2026-03-06T14:30:00.500Z">
    <testcase classname="cstar.check" name="valid" time="0.002"/>
    <testcase classname="cstar.check" name="tampered" time="0.002">
      <failure message="answered 200">one&#10;two</failure>
      <system-out>advice</system-out>
    </testcase>
    <testcase classname="cstar.check" name="get" time="0.002">
      <skipped message="not &lt;wanted&gt;"/>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(to_xml(&suite(cases)), expected);
    }

    #[test]
    fn secrets_are_not_in_a_report() {
        let xml =
            to_xml(&suite(vec![case("a", failed("whsec_abcdefghijklmnop", "sk_live_abcdefghijkl"), "")]));
        assert!(!xml.contains("whsec_abcd") && !xml.contains("sk_live_abcd"), "{xml}");
    }

    #[test]
    fn forbidden_characters_are_replaced() {
        let escaped = escape(HOSTILE);
        assert!(escaped.chars().all(is_allowed), "{escaped:?}");
        assert_eq!(
            escaped,
            "&lt;/failure&gt;]]&gt;&amp;amp;&lt;!--&quot;'\\x00\\x1b[31m\\x85\\u{fffe}&#9;&#13;&#10;\u{feff}\u{1f389} ü"
        );
    }

    #[test]
    fn file_is_replaced_as_a_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.xml");
        std::fs::write(&path, "old").unwrap();
        write_report(&path, &suite(Vec::new())).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("</testsuites>\n"));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "no draft is left");
        let failure = write_report(directory.path(), &suite(Vec::new())).unwrap_err();
        assert!(failure.message().contains("directory"), "{failure:?}");
    }

    #[cfg(unix)]
    #[test]
    fn new_report_is_readable_by_others() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.xml");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        write_report(&path, &suite(Vec::new())).unwrap();
        assert_eq!(mode(), 0o644);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        write_report(&path, &suite(Vec::new())).unwrap();
        assert_eq!(mode(), 0o600, "the user's choice stays");
    }

    /// Python's parser is expat, which accepts only well-formed documents.
    #[test]
    #[ignore = "needs Python: see .ci/run"]
    fn strict_xml_parser_reads_every_text() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.xml");
        let every: String = (0..0x3000_u32).chain(0xd700..0x1_0100).filter_map(char::from_u32).collect();
        write_report(&path, &suite(vec![case(HOSTILE, failed(HOSTILE, &every), HOSTILE)])).unwrap();
        let script = "import sys, xml.etree.ElementTree as tree\n\
            case = tree.parse(sys.argv[1]).getroot().find('testsuite/testcase')\n\
            failure, output = case.find('failure'), case.find('system-out')\n\
            assert case.get('name') == failure.get('message') == output.text, case.attrib\n\
            assert output.text.endswith('\\t\\r\\n\\ufeff\\U0001f389 \\u00fc'), ascii(output.text)\n\
            assert len(failure.text) > 12000\n";
        let run = std::process::Command::new("python3").arg("-c").arg(script).arg(&path).output().unwrap();
        assert!(run.status.success(), "{run:?}");
    }
}
