//! The public library: no key, live data, published and public articles only.

use serde_json::{Value, json};

use crate::sandbox::tests::client::{Answer, Server};
use crate::sandbox_info::{SECRET_LIVE_KEY, TEAM_ID};

async fn read(server: &Server, path: &str) -> Answer {
    server.send(&format!("GET /api/library/{path}"), &[], "").await
}

async fn post(server: &Server, path: &str, body: &str) -> Answer {
    let headers = ["Content-Type: application/json"];
    server.send(&format!("POST /api/library/{path}"), &headers, body).await
}

async fn live(server: &Server, line: &str, body: Value) -> Value {
    let answer = server.ask(line, body, SECRET_LIVE_KEY, &[]).await;
    assert!(answer.status < 300, "{answer:?}");
    answer.json()["data"].clone()
}

#[tokio::test]
async fn library_lists_public_articles_only() {
    let server = Server::start().await;
    let category = live(&server, "POST categories", json!({"name": "Billing"})).await;
    live(&server, "POST categories", json!({"name": "Inner", "isPublic": false})).await;
    for (title, status, public) in
        [("Seen", "published", true), ("Draft", "draft", true), ("Inner", "published", false)]
    {
        let body = json!({
            "title": title, "status": status, "isPublic": public, "content": "Reset **it**", "notes": "inner",
            "categoryId": category["id"],
        });
        live(&server, "POST articles", body).await;
    }
    server.call("POST articles", json!({"title": "Test", "status": "published"})).await;
    for team in ["acme", TEAM_ID] {
        let list = read(&server, &format!("{team}/articles")).await.json();
        assert_eq!((&list["pagination"]["total"], &list["data"][0]["slug"]), (&json!(1), &json!("seen")));
        assert_eq!(list["data"][0].get("notes"), None, "{list}");
    }
    for (path, total) in [
        ("acme/articles?categorySlug=billing", 1),
        ("acme/articles?categorySlug=nothing", 0),
        ("acme/search?q=RESET&limit=5", 1),
        ("acme/search?q=xyz", 0),
        ("acme/categories", 1),
    ] {
        assert_eq!(read(&server, path).await.json()["pagination"]["total"], total, "{path}");
    }
    assert_eq!(read(&server, "acme/articles/seen").await.json()["data"]["content"], "Reset **it**");
    for path in [
        "acme/articles/draft",
        "acme/articles/inner",
        "acme/articles/test",
        "other/articles",
        "other/search?q=a",
    ] {
        let answer = read(&server, path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "RESOURCE_MISSING"), "{path}");
    }
    for (path, param) in
        [("acme/search", "q"), ("acme/search?q=a&limit=0", "limit"), ("acme/articles?page=0", "page")]
    {
        let answer = read(&server, path).await;
        assert_eq!((answer.status, &answer.json()["error"]["param"]), (400, &json!(param)), "{path}");
    }
}

#[tokio::test]
async fn views_and_ratings_are_counted() {
    let server = Server::start().await;
    live(&server, "POST articles", json!({"title": "Seen", "status": "published"})).await;
    for _ in 0..3 {
        assert_eq!(post(&server, "acme/articles/seen/view", "").await.status, 200);
    }
    for rating in [r#""helpful""#, "true", "5", "1", r#""not_helpful""#, "false", "2"] {
        let body = format!(r#"{{"rating":{rating}}}"#);
        assert_eq!(post(&server, "acme/articles/seen/feedback", &body).await.status, 200, "{rating}");
    }
    let article = live(&server, "GET articles", Value::Null).await[0].clone();
    assert_eq!((&article["viewCount"], &article["useCount"]), (&json!(3), &json!(4)));
    for bad in ["{}", r#"{"rating":[]}"#, "x"] {
        assert_eq!(post(&server, "acme/articles/seen/feedback", bad).await.status, 400, "{bad}");
    }
    assert_eq!(post(&server, "acme/articles/none/view", "").await.status, 404);
}

#[tokio::test]
async fn popular_articles_come_first() {
    let server = Server::start().await;
    for (title, views) in [("One", 1), ("Three", 3), ("None", 0), ("Two", 2)] {
        live(&server, "POST articles", json!({"title": title, "status": "published"})).await;
        for _ in 0..views {
            post(&server, &format!("acme/articles/{}/view", title.to_lowercase()), "").await;
        }
    }
    live(&server, "POST articles", json!({"title": "Draft"})).await;
    live(&server, "POST categories", json!({"name": "Billing"})).await;
    let titles = async |query: &str| {
        let list = read(&server, &format!("acme/articles?{query}")).await.json();
        assert_eq!(list["pagination"]["total"], 4, "{list}");
        let titles =
            list["data"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned());
        titles.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(titles("sort=popular&limit=3").await, "Three Two One");
    assert_eq!(titles("sort=popular&limit=3&page=2").await, "None");
    assert_eq!(titles("limit=2").await, "Two None");
    let refused = read(&server, "acme/articles?sort=best").await;
    assert_eq!((refused.status, &refused.json()["error"]["param"]), (400, &json!("sort")));
    let stats = read(&server, "acme/stats").await.json()["data"].clone();
    let expected = json!({"totalArticles": 4, "totalCategories": 1, "totalViews": 6, "totalHelpful": 0});
    assert_eq!(stats, expected);
}
