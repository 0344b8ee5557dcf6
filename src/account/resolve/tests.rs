//! What wins, and where a stored key may go.

use super::*;

fn options(key: Option<&str>, url: Option<&str>, sandbox: bool) -> AccountOptions {
    AccountOptions {
        api_key: key.map(Secret::new),
        base_url: url.map(str::to_owned),
        sandbox,
        ..AccountOptions::default()
    }
}

#[test]
fn flags_override_the_environment() {
    let env = Env::from([("CSTAR_API_KEY", "sk_live_env"), ("CSTAR_BASE_URL", "http://localhost:1")]);
    let from_env = Account::resolve(&options(None, None, false), &env).unwrap();
    assert_eq!(
        (from_env.base.to_string().as_str(), from_env.key.prefix()),
        ("http://localhost:1", "sk_live_")
    );
    let flags =
        Account::resolve(&options(Some("pk_test_x"), Some("https://h.example"), false), &env).unwrap();
    assert_eq!((flags.base.to_string().as_str(), flags.key.prefix()), ("https://h.example", "pk_test_"));
}

#[test]
fn sandbox_never_gets_the_key_of_the_environment() {
    let env = Env::from([("CSTAR_API_KEY", "sk_live_env"), ("CSTAR_BASE_URL", "http://127.0.0.1:5000")]);
    let account = Account::resolve(&options(None, None, true), &env).unwrap();
    assert_eq!(account.key.secret().expose(), sandbox_info::SECRET_TEST_KEY);
    assert_eq!(account.base.port(), 5000, "the variable names the sandbox");
    let elsewhere = Account::resolve(&options(None, Some("https://h.example"), true), &env);
    assert!(matches!(elsewhere, Err(ResolveError::SandboxIsRemote { .. })));
}

#[test]
fn key_of_a_sandbox_chooses_its_team() {
    const KEY: &str = "sk_test_AbCdEfGh_-12sandboxAbCdEfGh12345";
    let env = Env::from([("CSTAR_API_KEY", KEY)]);
    let account = Account::resolve(&options(None, None, true), &env).unwrap();
    assert_eq!((account.key.secret().expose(), account.origin), (KEY, Origin::Environment("CSTAR_API_KEY")));
    let flag = Account::resolve(&options(Some("sk_test_other"), None, true), &env).unwrap();
    assert_eq!((flag.key.secret().expose(), flag.origin), ("sk_test_other", Origin::Flag("--api-key")));
    let elsewhere = Account::resolve(&options(None, None, false), &env);
    assert!(matches!(elsewhere, Err(ResolveError::SandboxKeyToRemote(_))));
}

#[test]
fn blank_secret_is_ignored() {
    let secret = |value| webhook_secret(None, &Env::from([("CSTAR_WEBHOOK_SECRET", value)]));
    assert!(secret(" ").is_none());
    assert_eq!(secret("whsec_a").unwrap().1, Origin::Environment("CSTAR_WEBHOOK_SECRET"));
}

#[test]
fn errors_name_the_origin_and_not_the_key() {
    let error = Account::resolve(&options(Some("hunter2"), None, false), &Env::default()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("--api-key") && !text.contains("hunter2"), "{text}");
    let url = Some("https:user:hunter2@h.example");
    let text = Account::resolve(&options(None, url, false), &Env::default()).unwrap_err().to_string();
    assert!(text.contains("h.example") && !text.contains("hunter2"), "{text}");
    assert!(matches!(
        Account::resolve(&options(None, None, false), &Env::default()),
        Err(ResolveError::NoKey)
    ));
}
