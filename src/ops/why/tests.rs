//! The stories of a history that a journal wrote.

use super::*;
use crate::ops::tests::Seeded;

fn page(history: &Seeded, id: &str) -> String {
    let event = history.get(id);
    let notes = notes_around(&history.reader(), &event).unwrap();
    let lines = Explanation::new(&event, &notes, &TimeZone::UTC).lines();
    anstream::adapter::strip_str(&lines.join("\n")).to_string()
}

#[track_caller]
fn holds(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "no {part:?} in:\n{page}");
    }
    assert!(!page.contains('\x1b'), "{page:?}");
}

#[tokio::test]
async fn a_delivery_that_was_repeated_says_why() {
    let page = page(&Seeded::new().await, "evt_good");
    holds(
        &page,
        &[
            "evt_good (ticket.created) was delivered.\n",
            "2026-03-06 14:30:00.010  Received from https://www.cstar.help by run 1 of listen (process 42, begun ",
            ", caused by request req_1.\n",
            "It goes to http://localhost:3000/hook.\n",
            "14:30:00.600  Attempt 1 to http://localhost:3000/hook: answered HTTP 500 after 12.34 ms, \
             saying \"no\\x1b[31m way\"; temporary failure; retried after 487.66 ms.\n",
            "14:30:01.100  Attempt 2 to http://localhost:3000/hook: answered HTTP 200 after 12.34 ms; delivered.\n",
            "14:30:01.200  Delivered to http://localhost:3000/hook after 2 attempts, 1.2 s after it was received.",
            "The connection around then\n  14:30:00.050  The connection to cStar was lost: reset\\x1b[2J; \
             tried again 500 ms later",
            "Next\n  Nothing needs to be done; to send it again: cstar replay evt_good",
        ],
    );
}

#[tokio::test]
async fn each_way_to_end_has_its_own_advice() {
    let history = Seeded::new().await;
    holds(
        &page(&history, "evt_auth"),
        &[
            "the same request would get the same answer, so it was given up",
            "Given up for http://localhost:3000/hook after 1 attempt, ",
            "cstar listen --print-secret",
            "cstar replay evt_auth",
        ],
    );
    holds(
        &page(&history, "evt_wait"),
        &[
            "http://localhost:3000/hook refuses connections (tried 3 times in 12.34 ms)",
            "It still waits for http://localhost:3000/hook, after 0 attempts.",
            "cstar listen --resume",
        ],
    );
    holds(&page(&history, "evt_skip"), &["and skipped: not among --events.", "skipped on purpose"]);
}

#[tokio::test]
async fn json_has_the_same_facts() {
    let history = Seeded::new().await;
    let event = history.get("evt_auth");
    let notes = notes_around(&history.reader(), &event).unwrap();
    let explanation = Explanation::new(&event, &notes, &TimeZone::UTC);
    let value = as_json(&event, &notes, &explanation);
    assert_eq!(value["status"], "failed");
    assert_eq!(value["attempts"][0]["status"], 401);
    assert_eq!(
        (&value["notes"][0]["kind"], &value["notes"][0]["retry_in_ms"]),
        (&"disconnected".into(), &500.0.into())
    );
    assert!(value["next"][0].as_str().unwrap().contains("--print-secret"), "{value}");
    assert!(!value.to_string().contains("\\u001b[31mfailed"), "{value}");
}
