//! The table of `cstar help api`, which compares `cstar api` with `gh api`: one row, one case.

use serde_json::json;

use crate::support::scripted_server::{RecordedRequest, ScriptedServer, json_response};
use crate::support::{CommandOutput, Home};
use crate::tour::table;

/// A row, a command line, and what the request looks like: its first line, and its body.
type Case = (&'static str, &'static [&'static str], &'static str, &'static str);

const TEAM: &str = "/api/v1/teams/your-team-uuid";

const CASES: [Case; 15] = [
    ("GET, or POST", &["x"], "GET {}/x", ""),
    ("GET, or POST", &["x", "-f", "a=1"], "POST {}/x", r#"{"a":"1"}"#),
    ("GET, or POST", &["x", "-X", "PUT"], "PUT {}/x", ""),
    ("GET, or POST", &["patch", "x"], "PATCH {}/x", ""),
    ("`{owner}`", &["teams/{team}/x"], "GET {}/x", ""),
    ("`-f key=text`", &["x", "-f", "a=true"], "POST {}/x", r#"{"a":"true"}"#),
    (
        "`-F` with",
        &["x", "-F", "a=true", "-F", "b=@f.txt", "-F", "c=[1]"],
        "POST {}/x",
        r#"{"a":true,"b":"text","c":[1]}"#,
    ),
    (
        "`a[b]=c`",
        &["x", "-f", "a[b]=c", "-F", "l[]", "-f", "o[][k]=v"],
        "POST {}/x",
        r#"{"a":{"b":"c"},"o":[{"k":"v"}],"l":[]}"#,
    ),
    ("Fields of a GET", &["GET", "x?z=0", "-f", "a=b c", "-F", "l[]=1"], "GET {}/x?z=0&a=b+c&l%5B%5D=1", ""),
    ("Fields of a GET", &["x", "--input", "f.txt", "-f", "a=1"], "POST {}/x?a=1", "text"),
    ("`--input FILE`", &["x", "--input", "f.txt"], "POST {}/x", "text"),
    ("`--paginate` follows", &["x", "--paginate"], "GET {}/x?pageSize=100", ""),
    ("`-H key:value`", &["x", "-H", "X-Tag: a"], "GET {}/x", ""),
    ("`--silent`", &["x", "--silent"], "GET {}/x", ""),
    ("`-i`", &["x", "-i"], "GET {}/x", ""),
];

/// Rows with tests elsewhere, and their names.
const ELSEWHERE: [(&str, &str); 8] = [
    ("`--paginate` is for GET only", "bad_command_lines_send_nothing"),
    ("`--slurp`", "pages_are_printed_one_after_the_other"),
    ("The body of an error", "refusals_print_body_and_error"),
    ("Redirects are followed", "redirects_do_not_carry_the_key"),
    ("Repeats nothing", "writes_are_repeated_with_the_same_key"),
    ("`--hostname`", "api_reads_and_writes_any_path"),
    ("`--verbose`", "dry_run_prints_a_command_without_key"),
    ("`-q`, `--jq`, indented", "flags_of_gh_that_are_missing_fail"),
];

fn seen(args: &[&str]) -> (RecordedRequest, CommandOutput) {
    let server = ScriptedServer::start(|_, _| json_response(200, &[], &json!({"data": []}).to_string()));
    let home = Home::new();
    std::fs::write(home.path().join("f.txt"), "text").unwrap();
    let output = CommandOutput::run(server.cstar(&home).arg("api").args(args)).ok();
    (server.requests()[0].clone(), output)
}

#[test]
fn every_row_of_the_comparison_holds() {
    for (row, args, first_line, body) in CASES {
        let (request, output) = seen(args);
        let wanted = format!("{} HTTP/1.1", first_line.replace("{}", TEAM));
        assert_eq!(request.head.lines().next(), Some(wanted.as_str()), "{row} {args:?}");
        assert_eq!(String::from_utf8_lossy(&request.body), body, "{row} {args:?}");
        match row {
            "`-H key:value`" => assert_eq!(request.header("x-tag"), Some("a")),
            "`--silent`" => assert_eq!(output.stdout, ""),
            "`-i`" => assert!(
                output.stdout.starts_with("HTTP/1.1 200 OK\n")
                    && output.stdout.ends_with("\n\n{\"data\":[]}")
            ),
            _ => {}
        }
    }
}

#[test]
fn every_row_of_the_comparison_has_a_test() {
    let rows = table("api", "## Compared with gh api");
    assert!(rows.len() > 15, "{rows:?}");
    for row in rows {
        let known = CASES.iter().map(|case| case.0).chain(ELSEWHERE.map(|row| row.0)).chain(["`--template`"]);
        assert!(known.clone().any(|begins| row[0].starts_with(begins)), "no test for {row:?}");
    }
    let tests = [
        include_str!("refused.rs"),
        include_str!("pages.rs"),
        include_str!("hostile.rs"),
        include_str!("../api.rs"),
        include_str!("compared.rs"),
    ];
    for (row, test) in ELSEWHERE {
        assert!(tests.iter().any(|file| file.contains(&format!("fn {test}()"))), "{row}: {test}");
    }
}

#[test]
fn flags_of_gh_that_are_missing_fail() {
    let home = Home::new();
    for flag in ["--template", "--cache", "--preview", "--hostname"] {
        let output = CommandOutput::run(home.cstar().args(["api", "x", flag, "y"]));
        assert!(output.code == 2 && output.stderr.contains("unexpected argument"), "{flag}: {output:?}");
    }
    let quiet = CommandOutput::run(home.cstar().args(["api", "ls", "whoami", "-q"])).ok();
    assert!(quiet.stdout.contains("whoami"), "-q is --quiet");
}
