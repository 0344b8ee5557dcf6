//! Custom fields, views, SLA rules, notifications, analytics, the game, billing and canned results. The members and
//! samples are copied from the public pages.

use super::*;

#[tokio::test]
async fn more_resources_have_documented_members() {
    let server = Server::start().await;
    let ticket = server.create("tickets", json!({"title": "Pay", "assignedTo": "mem_x"})).await;
    for (path, body) in [
        ("custom-fields", json!({"name": "Plan", "type": "select", "entityType": "tickets"})),
        ("views", json!({"name": "Mine", "entityType": "tickets", "visibility": "team"})),
        (
            "sla/rules",
            json!({"name": "R", "priority": "urgent", "responseTarget": 15, "resolutionTarget": 240}),
        ),
    ] {
        server.create(path, body).await;
    }
    for (path, prefix, documented) in [
        ("custom-fields", "cf_", "id name key type entityType required options position"),
        // the names of the two members that sort are ours
        ("views", "view_", "id name entityType filters sortField sortDirection visibility"),
        ("sla/rules", "sla_", "id name priority responseTarget resolutionTarget businessHoursOnly enabled"),
        ("notifications", "ntf_", "id type title body read createdAt"),
    ] {
        let list = server.call(&format!("GET {path}"), Value::Null).await;
        assert_eq!(names(&list["data"][0]).join(" "), documented, "{path}");
        assert!(list["data"][0]["id"].as_str().unwrap().starts_with(prefix), "{list}");
        assert_eq!(list["pagination"]["total"], 1, "{path}");
    }
    let ask = async |line: &str, body: Value| server.call(line, body).await["data"].clone();
    let improved = ask("POST ai", json!({"action": "improve", "text": "helo"})).await;
    let sample = json!({"object": "ai_result", "action": "improve", "result": {"suggestion": "…"}});
    is_like(&improved, &sample);
    is_like(&improved["result"], &sample["result"]);
    assert_eq!(improved["result"]["suggestion"], "[canned by the sandbox] helo");
    for (action, member) in [("auto-tag", "tags"), ("suggest-reply", "suggestion"), ("summarize", "summary")]
    {
        let body = json!({"action": action, "ticketId": ticket});
        let first = ask("POST ai", body.clone()).await;
        assert_eq!(names(&first["result"]), [member]);
        assert_eq!(ask("POST ai", body).await, first, "the same each time");
    }
    for (body, status, param) in [
        (json!({"action": "translate"}), 400, "action"),
        (json!({"action": "improve"}), 400, "text"),
        (json!({"action": "summarize"}), 400, "ticketId"),
        (json!({"action": "summarize", "ticketId": "tkt_x"}), 404, ""),
    ] {
        let refused = server.refused("POST ai", body).await;
        assert_eq!((refused.0, refused.2.as_str()), (status, param));
    }
}

#[tokio::test]
async fn subscription_needs_a_secret_key() {
    let server = Server::start().await;
    let subscription = server.call("GET billing/subscription", Value::Null).await["data"].clone();
    let sample = json!({"object": "subscription", "status": "active", "plan": "pro", "memberCount": 6,
        "currentPeriodEnd": "2026-01-01T00:00:00Z", "cancelAtPeriodEnd": false});
    assert_eq!(subscription, sample);
    assert_eq!(names(&subscription), names(&sample));
    let portal = server.call("POST billing/portal", json!({"returnUrl": "https://example.com"})).await;
    assert!(portal["data"]["url"].as_str().unwrap().starts_with("https://billing.example/"), "{portal}");
    assert_eq!(server.refused("POST billing/portal", json!({})).await.2, "returnUrl");
    for path in ["GET billing/subscription", "GET analytics/overview"] {
        let refused = server.ask(path, Value::Null, PUBLISHABLE_TEST_KEY, &[]).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "insufficient_permissions"), "{path}");
    }
}

#[tokio::test]
async fn analytics_and_player_follow_the_tickets() {
    let server = Server::start().await;
    let player = "GET game/player?userId=mem_00000000000040008000000000000005";
    let sample = json!({"object": "player_stats", "memberId": "mem_abc123", "name": "Robin", "avatarUrl": null,
        "season": {"id": "2026-Q2", "name": "Season", "endsAt": "2026-07-01T00:00:00Z"}, "level": 1, "xp": 1,
        "xpToNextLevel": 1, "xpInCurrentLevel": 1, "xpProgress": 1, "gold": 1, "prestigeLevel": 0,
        "prestigeBonus": 0, "streaks": {"current": 0, "max": 0},
        "stats": {"ticketsClosed": 0, "bossesDefeated": 0, "finalBlows": 0, "achievementsUnlocked": 0,
            "questsCompleted": 0},
        "skills": {}, "availableSkillPoints": 0, "totalSkillPoints": 0,
        "cosmetics": {"avatarFrame": null, "victoryMessage": null}});
    let before = server.call(player, Value::Null).await["data"].clone();
    assert_eq!(names(&before), names(&sample));
    for member in ["season", "streaks", "stats", "cosmetics"] {
        assert_eq!(names(&before[member]), names(&sample[member]), "{member}");
    }
    assert_eq!(before["season"]["id"], "2025-Q4");
    let overview = async |query: &str| {
        server.call(&format!("GET analytics/overview{query}"), Value::Null).await["data"].clone()
    };
    server.create("customers", json!({"name": "J", "email": "j@example.com"})).await;
    server.create("customers", json!({"name": "K", "email": "k@example.com", "status": "inactive"})).await;
    server.create("tickets", json!({"title": "A"})).await;
    let done = server.create("tickets", json!({"title": "B", "assignedTo": before["memberId"]})).await;
    server.call(&format!("PATCH tickets/{done}"), json!({"status": "closed"})).await;
    let expected = json!({"object": "analytics_overview", "period": "week",
        "tickets": {"total": 2, "open": 1, "resolved": 1},
        "customers": {"total": 2, "active": 1, "new": 2},
        "csat": {"average": 0, "totalResponses": 0}});
    assert_eq!(overview("?period=week").await.to_string(), expected.to_string());
    assert_eq!(overview("").await, expected);
    assert_eq!(server.refused("GET analytics/overview?period=century", Value::Null).await.2, "period");
    let after = server.call(player, Value::Null).await["data"].clone();
    assert_eq!(after["stats"]["ticketsClosed"], 1);
    assert_eq!(after["xp"].as_u64().unwrap(), before["xp"].as_u64().unwrap() + 25);
    let user = before["memberId"].as_str().unwrap().replace("mem_", "usr_");
    assert_eq!(server.call(&format!("GET game/player?userId={user}"), Value::Null).await["data"], after);
    server.call(&format!("DELETE tickets/{done}"), Value::Null).await;
    assert_eq!(overview("?period=year").await["tickets"], json!({"total": 1, "open": 1, "resolved": 0}));
}

#[tokio::test]
async fn view_results_follow_filters_and_order() {
    let server = Server::start().await;
    for (title, priority) in [("b", "high"), ("a", "high"), ("c", "low")] {
        server.create("tickets", json!({"title": title, "priority": priority, "tags": [title]})).await;
    }
    let titles = async |view: Value, query: &str| {
        let id = server.create("views", view).await;
        let list = server.call(&format!("GET views/{id}/results{query}"), Value::Null).await;
        let titles = list["data"].as_array().unwrap().iter();
        let titles: Vec<String> = titles.map(|one| one["title"].as_str().unwrap().to_owned()).collect();
        (titles.join(" "), list["pagination"]["total"].as_u64().unwrap())
    };
    let view = |filters: Value, field: &str, direction: &str| {
        json!({"name": "V", "entityType": "tickets", "filters": filters, "sortField": field,
            "sortDirection": direction})
    };
    let high = json!({"priority": "high"});
    assert_eq!(titles(view(high.clone(), "createdAt", "desc"), "").await, ("a b".to_owned(), 2));
    assert_eq!(titles(view(high.clone(), "createdAt", "asc"), "").await.0, "b a");
    assert_eq!(titles(view(high.clone(), "title", "asc"), "").await.0, "a b");
    assert_eq!(titles(view(json!({}), "title", "desc"), "?pageSize=2").await, ("c b".to_owned(), 3));
    assert_eq!(titles(view(json!({}), "title", "desc"), "?pageSize=2&page=2").await.0, "a");
    assert_eq!(titles(view(json!({"search": "c", "other": 1}), "title", "asc"), "").await.0, "c");
    let posts = json!({"name": "P", "entityType": "community_posts", "sortField": "vote_count"});
    assert_eq!(titles(posts, "").await.1, 0);
    for (filters, param) in
        [(json!({"status": "lost"}), "status"), (json!({"status": ["a", "b"]}), "filters")]
    {
        let id = server.create("views", view(filters, "createdAt", "asc")).await;
        let refused = server.refused(&format!("GET views/{id}/results"), Value::Null).await;
        assert_eq!((refused.0, refused.2.as_str()), (400, param));
    }
}

#[tokio::test]
async fn assignments_create_notifications() {
    let server = Server::start().await;
    let ticket = server.create("tickets", json!({"title": "Pay"})).await;
    let unread = async || server.call("GET notifications/unread-count", Value::Null).await["data"].clone();
    assert_eq!(unread().await, json!({"count": 0}));
    let freya = "mem_00000000000040008000000000000005";
    for assigned in [json!(freya), json!("mem_x"), Value::Null] {
        server.call(&format!("PATCH tickets/{ticket}"), json!({"assignedTo": assigned})).await;
    }
    assert_eq!(unread().await, json!({"count": 2}));
    let list = async |query: &str| server.call(&format!("GET notifications{query}"), Value::Null).await;
    let all = list("").await;
    let sample = json!({"type": "ticket_assigned", "title": "Ticket assigned to Freya Holm", "body": "Pay",
        "read": false, "createdAt": "2025-12-10T14:30:00Z"});
    let mut oldest = all["data"][1].clone();
    let id = oldest.as_object_mut().unwrap().shift_remove("id").unwrap();
    assert_eq!(oldest.to_string(), sample.to_string());
    let path = format!("PATCH notifications/{}", id.as_str().unwrap());
    assert_eq!(
        server.call(&path, json!({"read": true, "title": "X"})).await["data"]["title"],
        sample["title"]
    );
    assert_eq!(list("?unreadOnly=true&pageSize=1").await["pagination"]["total"], 1);
    assert_eq!(list("?unreadOnly=false").await["pagination"]["total"], 2);
    assert_eq!(server.refused("GET notifications?unreadOnly=x", Value::Null).await.2, "unreadOnly");
    assert_eq!(unread().await, json!({"count": 1}));
    assert_eq!(server.refused("POST notifications", json!({})).await.0, 405);
}

#[tokio::test]
async fn custom_fields_and_sla_rules_have_effects() {
    let server = Server::start().await;
    let field = json!({"name": "Plan Name", "type": "text", "entityType": "customers"});
    let created = server.call("POST custom-fields", field.clone()).await["data"].clone();
    assert_eq!((&created["key"], &created["position"]), (&json!("plan_name"), &json!(0)));
    assert_eq!(server.refused("POST custom-fields", field.clone()).await.0, 409);
    let mut other = field;
    other["entityType"] = "tickets".into();
    server.create("custom-fields", other).await;
    let list = server.call("GET custom-fields?entityType=tickets", Value::Null).await;
    assert_eq!(list["pagination"]["total"], 1);
    assert_eq!(server.refused("GET custom-fields?entityType=x", Value::Null).await.2, "entityType");
    let rule = json!({"name": "R", "priority": "urgent", "responseTarget": 15, "resolutionTarget": 240});
    for member in ["name", "priority", "responseTarget", "resolutionTarget"] {
        let mut body = rule.clone();
        body.as_object_mut().unwrap().shift_remove(member);
        assert_eq!(server.refused("POST sla/rules", body).await.2, member);
    }
    server.create("sla/rules", rule).await;
    let ticket = server.create("tickets", json!({"title": "T"})).await;
    let one = server.call(&format!("GET tickets/{ticket}"), Value::Null).await;
    assert_eq!(one["data"]["responseDeadline"], Value::Null);
    let one = server.call(&format!("PATCH tickets/{ticket}"), json!({"priority": "urgent"})).await;
    assert_eq!(one["data"]["responseDeadline"], "2025-12-10T14:45:00Z");
    assert_eq!(one["data"]["resolutionDeadline"], "2025-12-10T18:30:00Z");
}
