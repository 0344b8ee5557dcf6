//! Filter expressions: the grammar, the comparison of values, and remarks about paths.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Filter;
use super::number::Number;
use crate::event::{Json, Path, Pattern, catalogue};

const BODY: &str = r#"{"id":"evt_1","type":"ticket.created","data":{"ticket":{
    "id":"tkt_1","number":42,"code":"42","big":12345678901234567890123,"rate":1.10,"zero":-0.0,
    "title":"Größe: a=b ~ \"c\"","empty":"","spam":false,"done":true,"owner":null,
    "tags":["vip","new"],"none":[],"rows":[{"n":1},{"n":2}],"meta":{"b":1.0,"a":"x"},
    "a.b":1,"with space":2,"lone":"x\ud800","twice":1,"twice":2}}}"#;

fn matches(expression: &str) -> bool {
    Filter::parse(expression).unwrap_or_else(|why| panic!("{expression}: {why}")).matches(BODY.as_bytes())
}

fn ticket(rest: &str) -> bool {
    matches(&format!("data.ticket.{rest}"))
}

#[test]
fn values_are_compared_by_meaning() {
    for yes in [
        "number=42",
        "number=42.0",
        "number=4.2e1",
        r#"number!="42""#,
        "code=42",
        r#"code="42""#,
        "big=12345678901234567890123",
        "big!=12345678901234567890124",
        "rate=1.1",
        "rate=11e-1",
        "zero=0",
        "spam=false",
        "owner=null",
        "empty=",
        r#"empty="""#,
        "twice=2",
        "twice!=1",
        "id!=",
        "done=true",
        r#"meta={"a":"x","b":1}"#,
        r#"tags=["vip","new"]"#,
        r#"tags!=["new","vip"]"#,
        "tags!=vip",
        "none=[]",
        r"a\.b=1",
        r"with\ space=2",
        "number = 42",
        "number  !=  43 ",
        "number~ ^42$ ",
        "number!=1e99999999999999999999",
    ] {
        assert!(ticket(yes), "{yes}");
    }
    for no in [
        "number=43",
        "code!=42",
        "big=12345678901234567890124",
        "spam=null",
        "owner=false",
        "id=TKT_1",
        "number=1e99999999999999999999",
        "done=TRUE",
        r#"spam="false""#,
        "meta={}",
        "none=",
        "title=a",
    ] {
        assert!(!ticket(no), "{no}");
    }
    assert!(matches("type=ticket.created") && matches("id=evt_1") && !matches("type=ticket"));
    assert!(ticket(r#"title=Größe: a=b ~ "c""#));
}

#[test]
fn brackets_mean_any_element() {
    for yes in [
        "tags[]=vip",
        "tags[1]=new",
        "tags.0=vip",
        "rows[].n=2",
        "rows[1].n=2",
        "tags[]~^n",
        "tags[] exists",
        "tags[]!=old",
        "none[] !exists",
        "rows[].n!=3",
        "none[]!=x",
    ] {
        assert!(ticket(yes), "{yes}");
    }
    for no in [
        "tags[]=old",
        "tags[2] exists",
        "rows[].n=3",
        "tags[]!=vip",
        "none[] exists",
        "title[]~G",
        "meta[0]=x",
        "number.x exists",
        "tags.x exists",
    ] {
        assert!(!ticket(no), "{no}");
    }
}

#[test]
fn existence_is_not_truth() {
    for yes in ["done", "number", "empty", "none", "spam exists", "owner exists", "nope !exists"] {
        assert!(ticket(yes), "{yes}");
    }
    for no in ["spam", "owner", "nope", "nope exists", "owner !exists", "nope.deeper exists"] {
        assert!(!ticket(no), "{no}");
    }
}

#[test]
fn missing_members_pass_negations() {
    assert!(
        ticket("nope!=x") && ticket("nope!~x") && !ticket("nope=x") && !ticket("nope~x") && !ticket("nope=")
    );
    for body in ["", "nope", "[1]", "null", "\"x\"", "{\"a\":1", "{} {}"] {
        for expression in ["a!=1", "a !exists", "a", "a!~x", "a=1"] {
            assert!(!Filter::parse(expression).unwrap().matches(body.as_bytes()), "{body} {expression}");
        }
    }
    assert!(!Filter::parse("a!=1").unwrap().matches(b"{\"a\":\"\xff\"}"));
    assert!(Filter::parse("a!=1").unwrap().matches(b" \n{} \n"));
}

#[test]
fn expressions_search_text() {
    for yes in [
        "title~Größe",
        r"title~^Gr.+: a=b ~ .c.$",
        "number~^4",
        "spam~^false$",
        "owner~null",
        "lone~^x",
        r#"meta~"a":"x""#,
        "tags~vip",
        "title!~^a",
        "title~(?i)A=B",
        "empty~^$",
        "title ~ a=b",
    ] {
        assert!(ticket(yes), "{yes}");
    }
    assert!(matches("data~tkt_1") && matches("type~^ticket"));
}

#[test]
fn bad_expressions_are_explained() {
    let long = format!("data.x={}", "y".repeat(2_000));
    for (bad, part) in [
        ("", "has no name"),
        ("=x", "has no name"),
        ("data..x=1", "has no name"),
        ("data.x[=1", "not closed"),
        ("data.x~(", "bad regular expression: "),
        ("data.x~a{1000}{1000}", "bad regular expression: "),
        ("data.x==1", "`==` is no operator: write `=`"),
        ("data.x=~1", "`=~` is no operator: write `~`"),
        ("data.x!==1", "write `!=`"),
        ("data.x > 1", "cannot be compared"),
        ("data.x<=1", "cannot be compared"),
        ("data.x is 1", "after the path comes"),
        ("data.x exist", "after the path comes"),
        ("not data.x=1", "after the path comes"),
        (r"data.x\", "nothing after"),
        (long.as_str(), "at most 2000 bytes"),
    ] {
        let why = Filter::parse(bad).unwrap_err();
        assert!(why.contains(part) && !why.contains('\n'), "{bad}: {why}");
    }
}

#[test]
fn mistyped_paths_cause_a_remark() {
    let remark = |text: &str| Filter::parse(text).unwrap().remark();
    for good in [
        "type=x",
        "id",
        "data.ticket.priority=low",
        "data.ticket.tags[]=x",
        "data.customer.email exists",
        "team_id=x",
        "data.article.metadata.color=red",
    ] {
        assert_eq!(remark(good), None, "{good}");
    }
    for (bad, end) in [
        ("data.ticket.priorty=low", "has `data.ticket.priorty`. Did you mean `priority`?"),
        ("priority=low", "has `priority`. Did you mean `data.ticket.priority`?"),
        ("ticket.priority=low", "has `ticket.priority`. Did you mean `data.ticket.priority`?"),
        ("tpye=x", "has `tpye`. Did you mean `type`?"),
        ("data.zzzzzzzz", "has `data.zzzzzzzz`."),
    ] {
        let said = remark(bad).unwrap_or_default();
        assert!(said.ends_with(end), "{bad}: {said}");
    }
}

#[test]
fn type_filters_agree_with_patterns() {
    for event_type in catalogue() {
        let body = json!({ "id": "evt_1", "type": event_type.name }).to_string();
        let exact = Filter::parse(&format!("type={}", event_type.name)).unwrap();
        assert!(exact.matches(body.as_bytes()));
        let all = Filter::parse(&format!("type~^{}[.]", event_type.resource())).unwrap();
        let pattern = Pattern::parse(&format!("{}.*", event_type.resource())).unwrap();
        assert!(all.matches(body.as_bytes()) && pattern.matches(event_type.name));
    }
}

/// Any value, and the path and text of one of its leaves.
fn leaf() -> impl Strategy<Value = (Value, String, String)> {
    let scalar = prop_oneof![
        any::<i64>().prop_map(|number| (json!(number), number.to_string())),
        any::<bool>().prop_map(|truth| (json!(truth), truth.to_string())),
        ".{0,12}".prop_map(|text: String| (json!(text), json!(text).to_string())),
    ];
    scalar
        .prop_map(|(value, text)| (value, Vec::new(), text))
        .prop_recursive(4, 8, 1, |inner| {
            prop_oneof![
                (".{1,6}", inner.clone()).prop_map(|(name, (value, mut path, text)): (String, _)| {
                    path.insert(0, format!(".{}", Path::from_members(&[&name])));
                    (json!({ "other": 0, name: value }), path, text)
                }),
                (0..3_usize, inner).prop_map(|(index, (value, mut path, text))| {
                    path.insert(0, format!("[{index}]"));
                    let mut items = vec![json!(null); index];
                    items.extend([value, json!("after")]);
                    (json!(items), path, text)
                }),
            ]
        })
        .prop_map(|(value, path, text)| (json!({ "data": value }), format!("data{}", path.concat()), text))
}

proptest! {
    #[test]
    fn every_leaf_is_found((body, path, text) in leaf()) {
        // What a shell passes on: the operators in names are escaped, as dots are.
        let path: String = path.chars().map(|c| match c {
            '=' | '!' | '~' | '<' | '>' => format!("\\{c}"),
            c if c.is_whitespace() => format!("\\{c}"),
            c => c.to_string(),
        }).collect();
        let body = body.to_string();
        let holds = |rest: &str| {
            Filter::parse(&format!("{path}{rest}")).map(|filter| filter.matches(body.as_bytes()))
        };
        prop_assert_eq!(holds(" exists"), Ok(true), "{} {}", path, body);
        prop_assert_eq!(holds(" !exists"), Ok(false));
        prop_assert_eq!(holds(&format!("={text}")), Ok(true), "{} {}", path, body);
        prop_assert_eq!(holds(&format!("!={text}")), Ok(false));
    }

    #[test]
    fn any_text_is_parsed_or_explained(text in ".{0,40}", operator in "=|!=|~|!~| exists|", value in ".{0,20}") {
        for text in [text.clone(), format!("data.{text}{operator}{value}")] {
            match Filter::parse(&text) {
                Ok(filter) => {
                    prop_assert_eq!(filter.to_string(), text.trim());
                    let _ = (filter.matches(BODY.as_bytes()), filter.remark());
                }
                Err(why) => prop_assert!(!why.is_empty() && !why.contains('\n'), "{}", why),
            }
        }
    }

    #[test]
    fn equality_and_its_opposite_differ(value in "[a-z0-9\".]{0,6}", number in any::<i32>()) {
        let body = json!({ "x": number, "y": value }).to_string();
        for path in ["x", "y", "z"] {
            let holds = |operator: &str| {
                Filter::parse(&format!("{path}{operator}{value}")).unwrap().matches(body.as_bytes())
            };
            prop_assert_ne!(holds("="), holds("!="));
        }
    }

    #[test]
    fn numbers_are_equal_if_their_values_are(digits in any::<i32>(), zeros in 0..6_usize, other in any::<i32>()) {
        let written = format!("{digits}{}e-{zeros}", "0".repeat(zeros));
        let fraction = format!("{digits}.{}", "0".repeat(zeros + 1));
        for same in [&written, &fraction] {
            prop_assert_eq!(Number::parse(same), Number::parse(&digits.to_string()), "{}", same);
        }
        prop_assert_eq!(Number::parse(&other.to_string()) == Number::parse(&written), other == digits);
        prop_assert!(Json::parse(written.as_bytes()).is_ok());
    }
}
