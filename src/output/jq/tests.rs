//! What programs select, and how bad ones are refused.

use serde_json::{Value, json};

use super::JqProgram;

fn results(program: &str, input: &Value) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    let program: JqProgram = program.parse()?;
    let ran = program.apply(input, |result| {
        all.push(result);
        Ok(())
    });
    ran.map_err(|failure| failure.message().to_owned())?;
    Ok(all)
}

fn one(program: &str, input: &Value) -> Value {
    let mut all = results(program, input).unwrap_or_else(|error| panic!("{program}: {error}"));
    assert_eq!(all.len(), 1, "{program}: {all:?}");
    all.remove(0)
}

#[test]
fn jq_selects_and_builds_values() {
    let input = json!({"data": [{"id": "a", "n": 1}, {"id": "b", "n": 2}], "big": u64::MAX, "f": 1.5});
    assert_eq!(results(".data[].id", &input), Ok(vec![json!("a"), json!("b")]));
    assert_eq!(one(".data | map(select(.n > 1)) | length", &input), 1);
    assert_eq!(one("[.data[] | {(.id): .n}] | add", &input), json!({"a": 1, "b": 2}));
    assert_eq!(one("{big, f, none: .none}", &input), json!({"big": u64::MAX, "f": 1.5, "none": null}));
    assert_eq!(one(".data | sort_by(-.n) | group_by(.id) | map(.[0].n)", &input), json!([1, 2]));
    assert_eq!(one("[paths(type == \"number\")] | length", &input), 4);
    assert_eq!(one(".", &input), input);
    assert_eq!(one("[nan, infinite, -infinite]", &input), json!([null, f64::MAX, f64::MIN]));
    assert_eq!(results("empty", &input), Ok(vec![]));
}

#[test]
fn jq_formats_are_those_of_jq() {
    let row = json!(["a\"b", 1, null, true, "c,\td\\"]);
    assert_eq!(one("@csv", &row), "\"a\"\"b\",1,,true,\"c,\td\\\"");
    assert_eq!(one("@tsv", &row), "a\"b\t1\t\ttrue\tc,\\td\\\\");
    assert_eq!(one("@base64, (@base64 | @base64d) | select(. != \"w7w=\")", &json!("ü")), "ü");
    assert_eq!(one("@uri", &json!("a b&ü-_.~")), "a%20b%26%C3%BC-_.~");
    assert_eq!(one("@html", &json!("<a href='x'>&\"")), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    assert_eq!(one("@sh", &json!("it's")), r"'it'\''s'");
    assert_eq!(one("@json", &json!({"a": [1]})), r#"{"a":[1]}"#);
    assert_eq!(one("\"id \\(.id)\"", &json!({"id": 7})), "id 7");
}

#[test]
fn jq_has_regular_expressions() {
    let text = json!("Ünit ab12, cd34");
    assert_eq!(one("test(\"AB\"; \"i\")", &text), true);
    assert_eq!(one("[match(\"[a-z]+([0-9]+)\"; \"g\").offset]", &text), json!([5, 11]));
    assert_eq!(
        one("capture(\"(?<letters>[a-z]{2})(?<digits>[0-9]+)\")", &text),
        json!({"letters": "ab", "digits": "12"})
    );
    assert_eq!(one("gsub(\"[0-9]+\"; \"#\")", &text), "Ünit ab#, cd#");
    assert_eq!(one("[scan(\"[0-9]+\")]", &text), json!(["12", "34"]));
    assert_eq!(one("split(\", *\"; null // \"\")", &text), json!(["Ünit ab12", "cd34"]));
    assert!(results("test(\"(\")", &text).unwrap_err().contains("invalid regular expression `(`"));
}

#[test]
fn jq_has_dates_in_utc() {
    assert_eq!(one("fromdate", &json!("2026-11-30T08:00:00Z")), 1_796_025_600);
    assert_eq!(one("todate", &json!(1_796_025_600)), "2026-11-30T08:00:00Z");
    assert_eq!(one("strftime(\"%d.%m.%Y\")", &json!(1_796_025_600)), "30.11.2026");
    assert_eq!(one("now > 1.7e9", &json!(null)), true);
}

#[test]
fn bad_programs_are_refused_with_position() {
    for (program, expected) in [
        (".data[", "at character 7: expected closing bracket, found the end"),
        (".\"ü\" | foo(1)", "at character 8: unknown function `foo` with 1 argument"),
        (".a | bar", "at character 6: unknown function `bar`"),
        ("", "at character 1: expected term, found the end"),
        (".a ]", "at character 4: expected token, found `]`"),
        ("$x", "at character 1: unknown variable `$x`"),
    ] {
        assert_eq!(program.parse::<JqProgram>().unwrap_err(), expected, "{program}");
    }
    for program in ["\"a", "\"\\(", "@x", "{", "(", ".a.[", "if", "|", "\u{1b}"] {
        assert!(program.parse::<JqProgram>().unwrap_err().starts_with("at character "), "{program}");
    }
}

#[test]
fn jq_reaches_nothing_outside_its_input() {
    for program in
        ["env", "$ENV", "input", "halt", "halt_error", "debug", "import \"a\" as a; 1", "input_filename"]
    {
        assert!(program.parse::<JqProgram>().is_err(), "{program}");
    }
}

#[test]
fn errors_of_a_running_program_are_reported() {
    let failed = |program: &str| results(program, &json!({"a": 1})).unwrap_err();
    assert_eq!(failed(".a.b"), "--jq: cannot index 1 with \"b\"");
    assert_eq!(failed("error(\"no\")"), "--jq: no");
    assert_eq!(failed("error({a: 1})"), "--jq: {\"a\":1}");
    assert_eq!(results(".a.b?", &json!({"a": 1})), Ok(vec![]));
    assert_eq!(one("try error(\"no\") catch .", &json!(null)), "no");
}

#[test]
fn deep_json_in_a_string_is_an_error() {
    let deep = "[".repeat(100_000);
    let error = results("fromjson", &json!(deep)).unwrap_err();
    assert!(error.contains("recursion limit"), "{}", &error[error.len() - 100..]);
    assert_eq!(one("fromjson.a", &json!("{\"a\":1}")), 1);
    assert_eq!(one("tonumber", &json!("12.5")), 12.5);
}

#[test]
fn endless_results_can_be_stopped() {
    let program: JqProgram = "repeat(1)".parse().unwrap();
    let mut count = 0;
    let ended = program.apply(&json!(null), |_| {
        count += 1;
        if count == 1000 { Err(crate::output::Failure::failed("enough")) } else { Ok(()) }
    });
    assert_eq!((ended.unwrap_err().message(), count), ("enough", 1000));
}
