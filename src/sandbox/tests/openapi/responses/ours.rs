//! The operations that cStar does not document: those of the sandbox, and what customers do.

use serde_json::{Value, json};

use super::client::CheckedClient;

impl CheckedClient {
    pub(super) async fn ours(&mut self) {
        let key =
            self.call("POST api-keys", "", json!({"name": "CI"})).await["id"].as_str().unwrap().to_owned();
        self.call("GET api-keys", "", Value::Null).await;
        self.call("DELETE api-keys/{id}", &key, Value::Null).await;
        self.refused("DELETE api-keys/{id}", &key, Value::Null, 404).await;
        self.call("GET logs?limit=2&status=4xx,200-299&method=GET", "", Value::Null).await;
        self.refused("GET logs?status=x", "", Value::Null, 400).await;
        for path in ["/", "/_sandbox", "/_sandbox/ready", "/favicon.ico", "/openapi.json"] {
            self.ask(&format!("GET {path}"), "", Value::Null).await;
        }
        for fault in [
            json!({"latency": "1ms", "path": "nothing"}),
            json!([{"status": 503, "probability": 0.5, "path": "nothing"}, {"cut": true}, {"cut": 3}]),
            json!({"seed": 7, "faults": [{"duplicate": true}, {"skew": "-10m", "count": 0}]}),
            // found by a fuzzer: the response has another unit
            json!([{"latency": "9.5h", "jitter": "300m", "path": "nothing"}, {"skew": "9.999h", "count": 4_294_967_295_u32}]),
            json!({"seed": u64::MAX, "faults": [{"cut": 1.0}]}),
        ] {
            let schema = self.checker.at("components/schemas/FaultInput");
            assert!(schema.is_valid(&fault), "{fault}");
            self.call("POST /_sandbox/faults", "", fault).await;
        }
        // the longest durations of each shape, all below the limit of a day
        for longest in ["9999999.999ms", "9999.999s", "999.999m", "9.999h"] {
            let fault = json!({"latency": longest, "path": "nothing"});
            self.call("POST /_sandbox/faults", "", fault).await;
        }
        let longer = json!({"latency": "92679s", "path": "nothing"});
        assert!(!self.checker.at("components/schemas/FaultInput").is_valid(&longer));
        self.refused("POST /_sandbox/faults", "", longer, 400).await;
        self.refused("POST /_sandbox/faults", "", json!({}), 400).await;
        let listed = self.ask("GET /_sandbox/faults", "", Value::Null).await.json();
        let id = listed["faults"][0]["id"].as_str().unwrap();
        self.call("DELETE /_sandbox/faults/{id}", id, Value::Null).await;
        self.call("DELETE /_sandbox/faults", "", Value::Null).await;
        self.teams().await;
        self.unpublished().await;
        self.customers_log_in().await;
        self.ask("POST /_sandbox/reset", "", json!({})).await;
        let plan = json!({"environment": "live", "tickets": 1, "customers": 1, "seed": 2, "events": false});
        self.ask("POST /_sandbox/seed", "", plan).await;
        for bad in [json!({"tickets": -1}), json!({"events": "true"})] {
            self.refused("POST /_sandbox/seed", "", bad, 400).await;
        }
        let state = "{\"format\":\"cstar-sandbox\",\"version\":2}\n";
        self.ask("POST /_sandbox/export", "", Value::Null).await;
        self.ask("POST /_sandbox/import", "", json!({"state": state, "accept_access": true})).await;
        for bad in [json!({"state": "x"}), json!({"state": state, "accept_access": "true"})] {
            self.refused("POST /_sandbox/import", "", bad, 400).await;
        }
        self.test_api().await;
    }

    async fn test_api(&mut self) {
        self.call("POST webhooks/trigger-test", "", json!({"event": "ticket.created"})).await;
        self.ask("POST /_sandbox/settings", "", json!({"log_bodies": true})).await;
        for path in [
            "events?type=ticket.*&containing=a",
            "deliveries",
            "requests?limit=5",
            "settings",
            "clock",
            "snapshots",
        ] {
            self.call(&format!("GET /_sandbox/{path}"), "", Value::Null).await;
        }
        for line in ["POST /_sandbox/snapshots/{name}", "POST /_sandbox/snapshots/{name}/restore"] {
            self.call(line, "first", Value::Null).await;
        }
        self.refused("POST /_sandbox/snapshots/{name}", "-", Value::Null, 400).await;
        self.call("DELETE /_sandbox/snapshots/{name}", "first", Value::Null).await;
        self.refused("POST /_sandbox/snapshots/{name}/restore", "first", Value::Null, 404).await;
        self.refused("GET /_sandbox/deliveries?status=x", "", Value::Null, 400).await;
        self.refused("GET /_sandbox/events?wait=61s", "", Value::Null, 400).await;
        self.refused("POST /_sandbox/clock", "", json!({"advance": "x"}), 400).await;
        for body in
            [json!({"advance": "999.999h"}), json!({"set": "2999-01-01T00:00:00Z"}), json!({"reset": true})]
        {
            assert!(self.checker.at("components/schemas/ClockMove").is_valid(&body), "{body}");
            self.call("POST /_sandbox/clock", "", body).await;
        }
    }

    /// The accessors of the SDK that no page describes say so.
    async fn unpublished(&mut self) {
        for path in ["mentions", "attachments", "activity", "community/topics"] {
            let answer = self.ask(&format!("GET {path}"), "", Value::Null).await;
            let text = format!("cStar has {path}, but its shape is published nowhere");
            assert!(answer.status == 404 && answer.body.contains(&text), "{answer:?}");
        }
        self.ask("GET /api/library/{team}/stats", "acme", Value::Null).await;
    }

    async fn customers_log_in(&mut self) {
        let path = |rest: &str| format!("/api/auth/{{team}}/{rest}");
        let login = json!({"email": "ada@example.com", "password": "correct horse"});
        self.call(&format!("POST {}", path("signup")), "", login.clone()).await;
        self.refused(&format!("POST {}", path("signup")), "", login.clone(), 409).await;
        self.refused(&format!("POST {}", path("login")), "", json!({}), 400).await;
        self.call(&format!("POST {}", path("confirm")), "", json!({"email": "ada@example.com"})).await;
        let tokens = self.call(&format!("POST {}", path("login")), "", login).await;
        let refresh = json!({"refreshToken": tokens["refreshToken"]});
        self.call(&format!("POST {}", path("refresh")), "", refresh.clone()).await;
        self.refused(&format!("POST {}", path("refresh")), "", refresh, 401).await;
        // with an API key in place of the token of a customer
        self.refused(&format!("GET {}", path("session")), "", Value::Null, 401).await;
        self.refused(&format!("POST {}", path("logout")), "", Value::Null, 401).await;
    }

    async fn teams(&mut self) {
        let team = self.ask("POST /_sandbox/teams", "", json!({"name": "T"})).await.json();
        self.refused("POST /_sandbox/teams", "", json!({"name": 1}), 400).await;
        self.ask("GET /_sandbox/teams", "", Value::Null).await;
        self.call("DELETE /_sandbox/teams/{id}", team["id"].as_str().unwrap(), Value::Null).await;
        self.refused("DELETE /_sandbox/teams/{id}", "none", Value::Null, 404).await;
    }
}
