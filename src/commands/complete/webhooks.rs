//! The webhooks and other objects of a running sandbox on this machine. Tab never sends a request to cStar itself.

use std::time::Duration;

use serde_json::Value;

use crate::Secret;
use crate::account::{Account, AccountOptions};
use crate::host::env::Env;
use crate::net;

/// Ids and URLs, if the line or the environment asks for the sandbox and it responds in time.
pub(super) fn of_sandbox(words: &[String], env: &Env, patience: Duration) -> Vec<(String, String)> {
    list(words, env, patience, "webhooks", &["url"])
}

/// The same for the list at `path`, with the first of the members `named` that an object has.
pub(super) fn list(
    words: &[String],
    env: &Env,
    patience: Duration,
    path: &str,
    named: &[&str],
) -> Vec<(String, String)> {
    let Some(account) = account(words, env) else { return Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    runtime.block_on(ask(&account, path, patience)).map(|body| objects(&body, named)).unwrap_or_default()
}

/// The sandbox that the line or the environment names, with the key of its team; never one of another machine.
fn account(words: &[String], env: &Env) -> Option<Account> {
    let flag = |name: &str| words.iter().skip_while(|word| *word != name).nth(1).cloned();
    let options = AccountOptions {
        sandbox: words.iter().any(|word| word == "--sandbox"),
        base_url: flag("--base-url"),
        api_key: flag("--api-key").map(Secret::new),
        ..AccountOptions::default()
    };
    Account::sandbox(&options, env).ok().flatten().filter(|account| account.base.is_loopback())
}

/// The list of the team of the key, if both requests are answered in time. The paths are documented.
async fn ask(account: &Account, path: &str, patience: Duration) -> Option<Value> {
    let client = net::api_client(&account.base, &account.trust).ok()?;
    let get = async |path: &str| -> Option<Value> {
        let request = client.get(account.base.join(path)).bearer_auth(account.key.secret().expose());
        let response = request.send().await.ok()?.error_for_status().ok()?;
        serde_json::from_slice(&response.bytes().await.ok()?).ok()
    };
    let both = async {
        let whoami = get("/api/v1/auth/whoami").await?;
        let team = whoami.pointer("/data/teamId").and_then(Value::as_str)?;
        get(&format!("/api/v1/teams/{team}/{path}")).await
    };
    tokio::time::timeout(patience, both).await.ok()?
}

/// Ids with what they are called. An object without an id has its name instead.
fn objects(body: &Value, named: &[&str]) -> Vec<(String, String)> {
    let list = body.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |object: &Value, name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let called = |object: &Value| named.iter().find_map(|name| text(object, name));
    list.iter()
        .filter_map(|object| match text(object, "id") {
            Some(id) => Some((id, called(object).unwrap_or_default())),
            None => Some((text(object, "name")?, String::new())),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_sandboxes_are_queried() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let port = |line: &str, variable: &str| {
            let env = Env::from([("CSTAR_SANDBOX", variable), ("CSTAR_INSECURE_HTTP_HOSTS", "cstar")]);
            account(&words(line), &env).map(|account| account.base.port())
        };
        assert_eq!(port("cstar webhooks get ", ""), None);
        assert_eq!(port("cstar webhooks get --sandbox --base-url https://cstar.help ", ""), None);
        let there = "cstar --sandbox --base-url http://127.0.0.1:5000 webhooks get ";
        assert_eq!(port(there, ""), Some(5000));
        assert_eq!(port("cstar webhooks get --sandbox ", ""), Some(4747));
        assert_eq!(port("cstar webhooks get ", "1"), Some(4747));
        assert_eq!(port("cstar webhooks get ", "http://127.0.0.1:5001"), Some(5001));
        assert_eq!(port("cstar webhooks get ", "http://cstar:4747"), None);
    }

    #[test]
    fn ids_are_taken_from_the_documented_list() {
        let body =
            serde_json::json!({"data": [{"id": "whk_1", "url": "https://a.example"}, {"url": "no id"}]});
        assert_eq!(objects(&body, &["url"]), [("whk_1".to_owned(), "https://a.example".to_owned())]);
        assert!(objects(&serde_json::json!(null), &["url"]).is_empty());
    }

    #[test]
    fn both_requests_share_the_time() {
        use std::io::{Read, Write};
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        // Each answer alone is in time, but the second one is not in the time that the first one has left.
        let patience = Duration::from_millis(600);
        std::thread::spawn(move || {
            for stream in server.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    while stream.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {
                        std::thread::sleep(patience * 3 / 5);
                        let body = r#"{"data":{"teamId":"t"}}"#;
                        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                        let _ = stream.write_all(format!("{head}{body}").as_bytes());
                    }
                });
            }
        });
        let words = ["cstar", "--sandbox", "--base-url", &format!("http://{address}")].map(str::to_owned);
        let account = account(&words, &Env::from([])).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = |patience| runtime.block_on(ask(&account, "webhooks", patience));
        assert_eq!(answer(patience), None);
        assert!(answer(patience * 100).is_some());
    }
}
