//! `identity sign` and `identity verify`, and the code for other languages in `cstar help identity`.

mod languages;

use serde_json::{Value, json};

use crate::support::{CommandOutput, Home};

const KEY: &str = "sk_test_widget";
const CUSTOMER: &str =
    r#"{"externalId":"user_42","email":"ada@example.com","name":"Ada","timestamp":1774583010}"#;
/// Computed by Node and Python.
const SIGNATURE: &str = "f6645c488d4eb2ad9bea0974bfd5b56e77f5424750e4913f0b51fb0f4a158e5b";

fn run(home: &Home, args: &[&str], input: &str) -> CommandOutput {
    let mut cstar = home.cstar();
    cstar.arg("identity").args(args).env("CSTAR_IDENTITY_KEY", KEY);
    CommandOutput::run_with_input(&mut cstar, input.as_bytes())
}

#[test]
fn customers_are_signed_from_any_source() {
    let home = Home::new();
    std::fs::write(home.path().join("customer.json"), CUSTOMER).unwrap();
    std::fs::write(home.path().join("key"), format!("{KEY}\n")).unwrap();
    let flags = [
        "sign",
        "--external-id",
        "user_42",
        "--email",
        "ada@example.com",
        "--name",
        "Ada",
        "--at",
        "1774583010",
    ];
    for (args, input) in [
        (&flags[..], ""),
        (&["sign"], CUSTOMER),
        (&["sign", "-"], CUSTOMER),
        (&["sign", "customer.json"], ""),
        (&["sign", "customer.json", "--key-file", "key"], ""),
        (&["sign", "customer.json", "--key-file", "-"], KEY),
    ] {
        let output = run(&home, args, input).ok();
        assert_eq!(output.stdout.trim_end(), SIGNATURE, "{args:?}");
        assert!(output.stderr.contains("1774583010"), "{output:?}");
    }
    let json = run(&home, &["sign", "customer.json", "--json"], "").ok().json();
    assert_eq!(json["signature"], SIGNATURE);
    assert_eq!(json["customer"], serde_json::from_str::<Value>(CUSTOMER).unwrap());
    assert!(json["payload"].as_str().unwrap().starts_with(r#"{"email":"ada@example.com","externalId""#));
    let shown = run(&home, &["sign", "customer.json", "--key", "sk_test_widget"], "").ok();
    assert!(shown.stdout.trim_end() == SIGNATURE && shown.stderr.contains("Other users"), "{shown:?}");
}

#[test]
fn valid_identities_are_accepted() {
    let home = Home::new();
    let output = run(&home, &["verify", "--signature", SIGNATURE], CUSTOMER).ok();
    assert!(output.stdout.starts_with("The signature is valid, signed "), "{output:?}");
    let inside = CUSTOMER.replace("{", &format!("{{\"signature\":\"{SIGNATURE}\","));
    let json = run(&home, &["verify", "--json"], &inside).ok().json();
    assert_eq!((&json["valid"], &json["timestamp"]), (&json!(true), &json!(1_774_583_010)));
    let steps = run(&home, &["verify", "--explain", "--signature", SIGNATURE], CUSTOMER).ok();
    assert!(steps.stdout.contains(r#""name":"Ada""#) && steps.stdout.contains("equal"), "{steps:?}");
    assert!(!steps.stdout.contains(KEY) && !steps.stderr.contains(KEY), "{steps:?}");
}

#[test]
fn mismatched_identities_are_explained() {
    let home = Home::new();
    std::fs::write(home.path().join("live"), "sk_live_widget_of_live").unwrap();
    let number = CUSTOMER.replace("\"user_42\"", "42");
    let sign = |args: &[&str], key: &str| {
        let mut cstar = home.cstar();
        cstar.args(["identity", "sign"]).args(args).env("CSTAR_IDENTITY_KEY", key);
        CommandOutput::run_with_input(&mut cstar, CUSTOMER.as_bytes()).ok().stdout.trim_end().to_owned()
    };
    let of_live = sign(&[], "sk_live_widget_of_live");
    for (args, input, expected) in [
        (vec!["--signature", &*SIGNATURE.to_uppercase()], CUSTOMER, "upper-case hex"),
        (vec!["--signature", &of_live, "--other-key-file", "live"], CUSTOMER, "the other environment"),
        (vec!["--signature", SIGNATURE], &number, "is a number"),
        (vec!["--signature", &"ab".repeat(20)], CUSTOMER, "SHA-1"),
    ] {
        let args: Vec<&str> = ["verify"].into_iter().chain(args).collect();
        let output = run(&home, &args, input);
        assert_eq!((output.code, output.stdout.as_str()), (1, ""), "{output:?}");
        assert!(output.stderr.starts_with("error: the signature does"), "{output:?}");
        assert!(output.stderr.contains(expected), "{expected}: {output:?}");
        let json: Vec<&str> = args.iter().copied().chain(["--explain", "--json"]).collect();
        let explained = run(&home, &json, input);
        assert_eq!(explained.code, 1, "{explained:?}");
        let value: Value = serde_json::from_str(explained.stdout.lines().next().unwrap()).unwrap();
        assert_eq!(value["valid"], false);
        assert!(value["causes"][0]["text"].as_str().unwrap().contains(expected), "{value}");
    }
    let unknown = run(&home, &["verify", "--signature", &"0".repeat(64)], CUSTOMER);
    assert_eq!(unknown.code, 1);
    assert!(!unknown.stderr.contains("hint:"), "{unknown:?}");
}

#[test]
fn wrong_identity_input_is_refused() {
    let home = Home::new();
    for (args, input, expected) in [
        (&["sign"][..], "{", "is not valid JSON"),
        (&["sign"], r#"{"id":"1","email":"a@b","timestamp":1}"#, "called `externalId`, not `id`"),
        (&["sign"], r#"{"externalId":1,"email":"a@b","timestamp":1}"#, "must be text, such as \"1\""),
        (&["sign"], r#"{"externalId":"1","email":"a@b","timestamp":1774583010044}"#, "in milliseconds"),
        (&["sign", "--external-id", "1"], "", "--email"),
        (&["sign", "missing.json"], "", "could not read the customer from `missing.json`"),
        (&["sign", "--key-file", "-"], "", "cannot both come from standard input"),
        (&["sign", "--key-file", "missing", "x.json"], "", "could not read the key from `missing`"),
        (&["sign", "--key", " "], "", "it is blank"),
        (&["verify"], CUSTOMER, "there is no signature to check"),
        (&["verify", "--signature", ""], CUSTOMER, "the signature is missing"),
        (&["verify", "--signature", "a"], r#"{"externalId":"1","email":"a@b"}"#, "`timestamp` is missing"),
    ] {
        let output = run(&home, args, input);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{args:?} {output:?}");
        assert!(output.stderr.contains(expected), "{args:?} {output:?}");
    }
    let output = home.run_with_input(["identity", "sign"], CUSTOMER.as_bytes());
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("there is no identity key"), "{output:?}");
}
