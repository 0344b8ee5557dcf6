//! The webhooks of a running sandbox on this machine. Tab never sends a request to cStar itself.

use std::time::Duration;

use serde_json::Value;

use crate::net::{self, BaseUrl, Trust};
use crate::sandbox_info;

/// Ids and URLs, if the line has `--sandbox` and the sandbox responds in time.
pub(super) fn of_sandbox(words: &[String], patience: Duration) -> Vec<(String, String)> {
    let Some(base) = address(words) else { return Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    runtime.block_on(ask(&base, patience)).map(|body| webhooks(&body)).unwrap_or_default()
}

/// The address of the sandbox that the line names; never one of another machine.
fn address(words: &[String]) -> Option<BaseUrl> {
    if !words.iter().any(|word| word == "--sandbox") {
        return None;
    }
    let mut rest = words.iter().skip_while(|word| *word != "--base-url").skip(1);
    let default = format!("http://127.0.0.1:{}", sandbox_info::DEFAULT_PORT);
    BaseUrl::parse(rest.next().unwrap_or(&default)).ok().filter(BaseUrl::is_loopback)
}

/// The path is documented; the key is the sandbox's own, which is public.
async fn ask(base: &BaseUrl, patience: Duration) -> Option<Value> {
    let client = net::api_client(base, &Trust::default()).ok()?;
    let url = base.join(&format!("/api/v1/teams/{}/webhooks", sandbox_info::TEAM_ID));
    let request = client.get(url).bearer_auth(sandbox_info::SECRET_TEST_KEY).timeout(patience);
    let body = request.send().await.ok()?.error_for_status().ok()?.bytes().await.ok()?;
    serde_json::from_slice(&body).ok()
}

fn webhooks(body: &Value) -> Vec<(String, String)> {
    let list = body.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |webhook: &Value, name| webhook.get(name).and_then(Value::as_str).map(str::to_owned);
    list.iter()
        .filter_map(|webhook| Some((text(webhook, "id")?, text(webhook, "url").unwrap_or_default())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_sandboxes_are_queried() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(address(&words("cstar webhooks get ")).is_none());
        assert!(address(&words("cstar webhooks get --sandbox --base-url https://cstar.help ")).is_none());
        let there =
            address(&words("cstar --sandbox --base-url http://127.0.0.1:5000 webhooks get ")).unwrap();
        assert_eq!(there.port(), 5000);
        assert_eq!(address(&words("cstar webhooks get --sandbox ")).unwrap().port(), 4747);
    }

    #[test]
    fn ids_are_taken_from_the_documented_list() {
        let body =
            serde_json::json!({"data": [{"id": "whk_1", "url": "https://a.example"}, {"url": "no id"}]});
        assert_eq!(webhooks(&body), [("whk_1".to_owned(), "https://a.example".to_owned())]);
        assert!(webhooks(&serde_json::json!(null)).is_empty());
    }
}
