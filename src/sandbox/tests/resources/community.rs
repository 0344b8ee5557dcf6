//! Comments and votes: they are counted, and every event of the community is caused by a call.

use super::*;
use crate::sandbox::tests::client::field;

#[tokio::test]
async fn calls_cause_every_community_event() {
    let server = Server::start().await;
    let mut stream = server.listen("?types=community_post.*", &[]).await;
    stream.session().await;
    let customer = server.create("customers", json!({"name": "Jane", "email": "j@example.com"})).await;
    let post = server.create("community/posts", json!({"title": "Dark mode"})).await;
    let path = format!("community/posts/{post}");
    server.call(&format!("PATCH {path}"), json!({"body": "Please"})).await;
    server.call(&format!("PATCH {path}"), json!({"status": "planned"})).await;
    server.call(&format!("POST {path}/comments"), json!({"body": "Yes", "author_id": customer})).await;
    server.call(&format!("POST {path}/vote"), json!({"voter_id": customer})).await;
    server.call(&format!("DELETE {path}"), Value::Null).await;
    let mut events: Vec<(String, Value)> = Vec::new();
    while events.len() < 6 {
        let frame = stream.frame().await.unwrap();
        let event: Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
        events.push((field(&frame, "event").unwrap().to_owned(), event["data"].clone()));
    }
    let types: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    let expected = ["created", "updated", "status_changed", "commented", "voted", "deleted"];
    assert_eq!(types, expected.map(|action| format!("community_post.{action}")));
    let catalogue = crate::event::catalogue().iter().map(|event| event.name);
    let all = catalogue.filter(|name| name.starts_with("community_post."));
    assert_eq!(all.filter(|name| !types.contains(name)).count(), 0, "every type of the catalogue");
    let jane = json!({"id": customer, "name": "Jane", "email": "j@example.com"});
    let (commented, voted) = (&events[3].1, &events[4].1);
    assert_eq!(commented["author"], jane);
    assert_eq!(
        (&commented["comment"]["body"], &commented["community_post"]["comment_count"]),
        (&json!("Yes"), &json!(1))
    );
    assert_eq!(voted["voter"], jane);
    assert_eq!(
        (&voted["vote"]["direction"], &voted["community_post"]["vote_count"]),
        (&json!("up"), &json!(1))
    );
}

#[tokio::test]
async fn votes_are_counted_once_per_voter() {
    let server = Server::start().await;
    let post = server.create("community/posts", json!({"title": "Dark mode"})).await;
    let other = server.create("community/posts", json!({"title": "Light mode"})).await;
    let path = format!("community/posts/{post}/vote");
    let count = async |line: &str, body: Value| server.call(line, body).await["data"]["vote_count"].clone();
    let vote = format!("POST {path}");
    assert_eq!(count(&vote, json!({"voter_id": "a"})).await, 1);
    assert_eq!(count(&vote, json!({"voter_id": "a"})).await, 1, "the same voter");
    assert_eq!(count(&vote, json!({"voter_id": "b"})).await, 2);
    assert_eq!(count(&vote, Value::Null).await, 3, "the first member");
    assert_eq!(count(&vote, json!({})).await, 3);
    assert_eq!(count(&format!("POST community/posts/{other}/vote"), json!({"voter_id": "a"})).await, 1);
    let sorted = server.call("GET community/posts?sort=votes", Value::Null).await;
    assert_eq!(sorted["data"][0]["id"], json!(post));
    assert_eq!(count(&format!("DELETE {path}?voter_id=a"), Value::Null).await, 2);
    assert_eq!(server.refused(&format!("DELETE {path}?voter_id=a"), Value::Null).await.0, 404);
    assert_eq!(count(&format!("DELETE {path}"), Value::Null).await, 1);
    assert_eq!(count(&vote, json!({"voter_id": "a"})).await, 2);
    assert_eq!(server.refused("POST community/posts/none/vote", json!({})).await.0, 404);
    let refused = server.ask(&vote, json!({}), PUBLISHABLE_TEST_KEY, &[]).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn comments_are_listed_and_counted() {
    let server = Server::start().await;
    let post = server.create("community/posts", json!({"title": "Dark mode"})).await;
    let path = format!("community/posts/{post}");
    let mut ids = Vec::new();
    for body in [json!({"body": "A"}), json!({"body": "B", "is_official": true})] {
        ids.push(server.create(&format!("{path}/comments"), body).await);
    }
    let list = server.call(&format!("GET {path}/comments"), Value::Null).await["data"].clone();
    assert_eq!(names(&list[0]).join(" "), "id community_post_id body is_official author_id created_at");
    assert_eq!(
        (&list[0]["id"], &list[1]["body"], &list[1]["is_official"]),
        (&json!(ids[0]), &json!("B"), &json!(true))
    );
    let count =
        async || server.call(&format!("GET {path}"), Value::Null).await["data"]["comment_count"].clone();
    assert_eq!(count().await, 2);
    server.call(&format!("DELETE {path}/comments/{}", ids[0]), Value::Null).await;
    assert_eq!(count().await, 1);
    assert_eq!(server.refused(&format!("DELETE {path}/comments/{}", ids[0]), Value::Null).await.0, 404);
    assert_eq!(server.refused(&format!("POST {path}/comments"), json!({})).await.2, "body");
    server.call(&format!("DELETE {path}"), Value::Null).await;
    assert_eq!(server.refused(&format!("GET {path}/comments"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn events_of_the_game_can_be_fired() {
    let server = Server::start().await;
    let mut stream = server.listen("", &[]).await;
    stream.session().await;
    let fire = async |body: Value| {
        server.send("POST /_sandbox/events", &["Content-Type: application/json"], &body.to_string()).await
    };
    for kind in crate::event::catalogue() {
        let fired = fire(json!({"type": kind.name})).await;
        assert_eq!((fired.status, &fired.json()["type"]), (200, &json!(kind.name)), "{fired:?}");
        let frame = stream.frame().await.unwrap();
        assert_eq!(field(&frame, "event"), Some(kind.name));
        assert_eq!(field(&frame, "id"), fired.json()["id"].as_str());
    }
    fire(json!({"type": "boss.defeated", "data": {"boss": {"name": "Kraken"}}})).await;
    let frame = stream.frame().await.unwrap();
    let event: Value = serde_json::from_str(field(&frame, "data").unwrap()).unwrap();
    assert_eq!(
        (&event["data"]["boss"]["name"], &event["data"]["boss"]["status"]),
        (&json!("Kraken"), &json!("defeated"))
    );
    let live = fire(json!({"type": "survey.submitted", "environment": "live"})).await.json();
    assert_eq!((&live["environment"], &live["listeners"]), (&json!("live"), &json!(0)));
    for (body, param) in [
        (json!({}), "type"),
        (json!({"type": "boss.sleeps"}), "type"),
        (json!({"type": "boss.defeated", "data": 1}), "data"),
        (json!({"type": "boss.defeated", "environment": "other"}), "environment"),
    ] {
        let refused = fire(body).await;
        assert_eq!((refused.status, refused.json()["error"]["param"].as_str()), (400, Some(param)));
    }
}
