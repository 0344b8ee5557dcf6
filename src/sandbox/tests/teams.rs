//! Teams of tests: what they have of their own, and how a request finds its team.

use serde_json::{Value, json};

use crate::sandbox::http::keys::StartKeys;
use crate::sandbox::new_team::TeamError;
use crate::sandbox::server::team_handlers::view;
use crate::sandbox::server::teams::Teams;
use crate::sandbox::settings::Settings;
use crate::sandbox::state::State;
use crate::sandbox::tests::client::{Answer, Server, Stream, bearer, settings, team};
use crate::sandbox::tools::storage::{StorageLocation, open};
use crate::sandbox_info::{SECRET_TEST_KEY, TEAM_ID};

async fn create(server: &Server, body: &str) -> Value {
    let answer = server.send("POST /_sandbox/teams", &["Content-Type: application/json"], body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn key<'t>(team: &'t Value, kind: &str) -> &'t str {
    team["keys"][kind].as_str().unwrap()
}

/// A request with the secret test key of a team to a path of that team.
async fn call(server: &Server, of: &Value, method: &str, path: &str, body: &str) -> Answer {
    let line = format!("{method} /api/v1/teams/{}/{path}", of["id"].as_str().unwrap());
    let auth = bearer(key(of, "secret_test"));
    server.send(&line, &[&auth, "Content-Type: application/json"], body).await
}

#[tokio::test]
async fn teams_share_neither_data_nor_events() {
    let server = Server::start().await;
    let (one, two) = (create(&server, r#"{"name": "Night shift"}"#).await, create(&server, "").await);
    assert_eq!((&one["name"], &one["slug"]), (&json!("Night shift"), &json!("night-shift")));
    assert_ne!(one["signing_secrets"], two["signing_secrets"]);
    let mut main = server.open_session().await;
    let (mut of_one, mut of_two) = (listen(&server, &one).await, listen(&server, &two).await);

    let jane = r#"{"name": "Jane", "email": "jane@example.com"}"#;
    let made = call(&server, &one, "POST", "customers", jane).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(call(&server, &one, "GET", &format!("customers/{id}"), "").await.status, 200);
    assert_eq!(call(&server, &two, "GET", &format!("customers/{id}"), "").await.status, 404);
    assert_eq!(server.get(&team(&format!("customers/{id}")), SECRET_TEST_KEY).await.status, 404);
    let again = call(&server, &two, "POST", "customers", jane).await;
    assert_eq!(again.status, 201, "the address is unique in each team: {again:?}");
    server.trigger(SECRET_TEST_KEY, r#"{"event": "ticket.created"}"#).await;

    // each stream begins with the first event of its team
    let first = of_one.frame().await.unwrap();
    assert!(first.contains("customer.created") && first.contains(one["id"].as_str().unwrap()), "{first}");
    assert!(first.contains(&id), "{first}");
    let first = of_two.frame().await.unwrap();
    assert!(first.contains("customer.created") && first.contains(two["id"].as_str().unwrap()), "{first}");
    assert!(main.frame().await.unwrap().contains("ticket.created"));
    server.stop().await;
}

/// Opens the stream of a team, and checks its signing secret.
async fn listen(server: &Server, of: &Value) -> Stream {
    let path = format!("/api/v1/teams/{}/webhooks/listen", of["id"].as_str().unwrap());
    let socket = (server.connect().await, server.port);
    let mut stream = Stream::at(socket, key(of, "secret_test"), &path, &[]).await;
    assert_eq!(stream.session().await.1["secret"], of["signing_secrets"]["test"]);
    stream
}

#[tokio::test]
async fn a_key_of_one_team_is_foreign_to_others() {
    let server = Server::start().await;
    let (one, two) = (create(&server, "").await, create(&server, "").await);
    let path = |of: &Value| format!("/api/v1/teams/{}/tickets", of["id"].as_str().unwrap());
    for (path, key) in [
        (path(&one), key(&two, "secret_test")),
        (path(&one), SECRET_TEST_KEY),
        (team("tickets"), key(&one, "secret_live")),
        ("/api/v1/teams/7d9f4b52-0000-4000-8000-000000000000/tickets".to_owned(), key(&one, "secret_test")),
    ] {
        let answer = server.get(&path, key).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "team_access_denied"), "{path}");
    }
    let unknown = server.get(&path(&one), "sk_test_00000000000000000000000000000000").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (401, "invalid_api_key"));
    let whoami = server.get("/api/v1/auth/whoami", key(&two, "publishable_live")).await.json();
    assert_eq!(whoami["data"]["teamId"], two["id"]);
    assert_eq!(whoami["data"]["teamSlug"], two["slug"]);
    assert_eq!(whoami["data"]["environment"], "live");
    let write = format!("POST {}", path(&one));
    let refused = server.send(&write, &[&bearer(key(&one, "publishable_test"))], "").await;
    assert_eq!(refused.code(), "publishable_key_write");
    server.stop().await;
}

#[tokio::test]
async fn control_requests_find_the_team() {
    let server = Server::start().await;
    let one = create(&server, r#"{"name": "Acme"}"#).await;
    let (id, slug) = (one["id"].as_str().unwrap(), one["slug"].as_str().unwrap());
    assert!(slug.starts_with("acme-"), "the slug of the main team is taken: {slug}");
    let fault = r#"{"status": 503, "path": "customers"}"#;
    let json = "Content-Type: application/json";
    let added = server.send(&format!("POST /_sandbox/faults?team={slug}"), &[json], fault).await;
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!(call(&server, &one, "GET", "customers", "").await.status, 503);
    assert_eq!(server.get(&team("customers"), SECRET_TEST_KEY).await.status, 200);
    let by_key = server.send("DELETE /_sandbox/faults", &[&bearer(key(&one, "publishable_test"))], "").await;
    assert_eq!(by_key.json()["faults"], json!([]));
    assert_eq!(call(&server, &one, "GET", "customers", "").await.status, 200);
    let unknown = server.send("POST /_sandbox/reset?team=unknown", &[], "").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "RESOURCE_MISSING"));
    let gone = bearer("sk_test_00000000000000000000000000000000");
    let unknown = server.send("POST /_sandbox/reset", &[&gone], "").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (401, "invalid_api_key"), "not the main team");
    let identity = server.send("GET /_sandbox", &[&bearer(key(&one, "secret_live"))], "").await.json();
    assert_eq!((&identity["team_id"], &identity["team_slug"]), (&one["id"], &one["slug"]));

    call(&server, &one, "POST", "tickets", r#"{"title": "Kettle"}"#).await;
    assert_eq!(server.send(&format!("POST /_sandbox/reset?team={id}"), &[], "").await.status, 200);
    let left = call(&server, &one, "GET", "tickets", "").await.json();
    assert_eq!(left["pagination"]["total"], 0, "{left}");
    let settings = call(&server, &one, "GET", "settings", "").await.json();
    assert_eq!(settings["data"]["teamSlug"], slug, "a reset keeps the team");
    let library = |name: &str| format!("GET /api/library/{name}/articles");
    for (name, status) in [(slug, 200), (id, 200), ("acme", 200), ("unknown", 404)] {
        assert_eq!(server.send(&library(name), &[], "").await.status, status, "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn deleted_team_is_gone_with_its_streams() {
    let server = Server::start().await;
    let (one, two) = (create(&server, "").await, create(&server, "").await);
    let (mut gone, id) = (listen(&server, &one).await, one["id"].as_str().unwrap());
    let list = server.send("GET /_sandbox/teams", &[], "").await.json();
    assert_eq!(list["teams"].as_array().unwrap().len(), 3);
    assert_eq!((&list["teams"][0]["id"], &list["teams"][1]), (&json!(TEAM_ID), &one));
    let deleted = server.send(&format!("DELETE /_sandbox/teams/{id}"), &[], "").await;
    assert_eq!((deleted.status, deleted.json()), (200, json!({"deleted": true, "id": id})));
    while gone.frame().await.is_some() {}
    assert_eq!(call(&server, &one, "GET", "tickets", "").await.code(), "invalid_api_key");
    assert_eq!(call(&server, &two, "GET", "tickets", "").await.status, 200);
    let again = server.send(&format!("DELETE /_sandbox/teams/{id}"), &[], "").await;
    assert_eq!((again.status, again.code().as_str()), (404, "RESOURCE_MISSING"));
    let main = server.send(&format!("DELETE /_sandbox/teams/{TEAM_ID}"), &[], "").await;
    assert_eq!((main.status, main.code().as_str()), (409, "resource_conflict"));
    for bad in [r#"{"name": 1}"#, r#"{"name": " "}"#] {
        let refused = server.send("POST /_sandbox/teams", &["Content-Type: application/json"], bad).await;
        assert_eq!((refused.status, refused.json()["error"]["param"].as_str()), (400, Some("name")), "{bad}");
    }
    server.stop().await;
}

#[tokio::test]
async fn teams_survive_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let place = StorageLocation::Directory(home.path().to_owned());
    let start = || Teams::open(settings(), open(&place, 100).unwrap(), 80, place.clone()).unwrap();
    let teams = start();
    teams.ensure(2).unwrap();
    let before: Vec<Value> = teams.all().iter().map(|state| view(state)).collect();
    let gone = before[2]["slug"].as_str().unwrap();
    assert!(teams.delete(gone).await);
    drop(teams);
    let teams = start();
    teams.ensure(1).unwrap();
    let after: Vec<Value> = teams.all().iter().map(|state| view(state)).collect();
    assert_eq!(after, before[..2]);
    assert_eq!(std::fs::read_dir(home.path().join("teams")).unwrap().count(), 1);
    drop(teams);
    crate::sandbox::tools::storage::reset(home.path()).unwrap();
    assert!(!home.path().join("teams").exists());
}

#[tokio::test]
async fn teams_beyond_loopback_need_the_key() {
    let keys = StartKeys::generate().unwrap();
    let main = keys.all()[0].to_owned();
    let server = Server::with(Settings { keys, ..settings() }).await;
    let refused = server.send("POST /_sandbox/teams", &[], "").await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "authentication_required"));
    let made = server.send("POST /_sandbox/teams", &[&bearer(&main)], "").await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    // a key of a team controls this team only
    for path in ["/_sandbox/faults", "/_sandbox/teams"] {
        let own = server.send(&format!("GET {path}"), &[&bearer(key(&made, "secret_live"))], "").await;
        assert_eq!(own.status, if path.ends_with("faults") { 200 } else { 403 }, "{path}");
    }
    let other = server.send("POST /_sandbox/reset", &[&bearer(key(&made, "publishable_live"))], "").await;
    assert_eq!(other.code(), "insufficient_permissions");
    server.stop().await;
}

#[tokio::test]
async fn number_of_teams_is_bounded() {
    let state = State::new(settings(), 80).into();
    let teams = Teams::of(state, StorageLocation::Memory).limited_to(2);
    teams.ensure(2).unwrap();
    let refused = teams.create(None).unwrap_err();
    assert!(matches!(refused, TeamError::TooMany), "{refused}");
    assert_eq!(teams.all().len(), 3);
}
