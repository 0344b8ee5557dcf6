//! Replays of a history that a journal wrote, to a server of the test.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::history::{DeliveryState, HistoryReader, HistorySettings, RecordedOutcome};
use crate::host::clock::Clock;
use crate::ops::replay::exit_result;
use crate::ops::tests::{NOW, Seeded, at};
use crate::output::Exit;

fn args(line: &str) -> Args {
    use clap::Parser;
    #[derive(clap::Parser)]
    struct Only {
        #[command(flatten)]
        args: Args,
    }
    let line = ["replay"].into_iter().chain(line.split(' ').filter(|word| !word.is_empty()));
    Only::try_parse_from(line).expect("arguments").args
}

/// Answers one request with `status`; gives its text.
async fn answer_once(listener: TcpListener, status: u16) -> String {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&request).contains("}}}") {
        let read = stream.read(&mut buffer).await.expect("a request");
        assert_ne!(read, 0, "it ended early: {request:?}");
        request.extend_from_slice(&buffer[..read]);
    }
    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\nset-cookie: a=1\r\nx-is: it\r\n\r\nok");
    stream.write_all(answer.as_bytes()).await.expect("written");
    String::from_utf8(request).expect("text")
}

async fn replayed(history: &Seeded, args: &Args) -> Vec<ReplayAttempt> {
    let selected = replay::select(&history.reader(), &args.selection(at(5000))).expect("a selection");
    let clock = Clock::fixed(NOW + 5000);
    let mut sender =
        Sender::new(args.send_options(), "whsec_x", &selected.events, clock.clone()).expect("a sender");
    let journal = Journal::open(HistorySettings::new(history.path(), clock)).expect("a journal");
    journal.begin_run(selected.scope.expect("a scope"), Vec::new(), 7).await.expect("a run");
    let mut sent = Vec::new();
    for event in &selected.events {
        let stored = journal.reopen(vec![event.key]).await.expect("reopened");
        for target in &event.targets {
            sent.push(sender.send(&journal, &stored, target).await.expect("sent"));
        }
    }
    journal.close().await;
    sent
}

fn selected(reader: &HistoryReader, line: &str) -> Result<String, String> {
    let selected = replay::select(reader, &args(line).selection(at(100)))
        .map_err(|failure| failure.to_lines().join("\n"))?;
    let names: Vec<String> =
        selected.events.iter().map(|event| format!("{}>{}", event.id, event.targets.join("+"))).collect();
    Ok(names.join(" "))
}

#[tokio::test]
async fn events_are_selected_by_id_state_time_type() {
    let history = Seeded::at_target("http://h/").await;
    let reader = history.reader();
    let of = |line: &str| selected(&reader, line);
    assert_eq!(of("evt_wait evt_go evt_wait").unwrap(), "evt_wait>http://h/ evt_good>http://h/");
    assert_eq!(of("--failed").unwrap(), "evt_auth>http://h/");
    assert_eq!(of("--since 1h").unwrap(), "evt_good>http://h/ evt_auth>http://h/ evt_wait>http://h/");
    assert_eq!(of("--since 2026-03-06T14:30:00.015Z --failed").unwrap(), "evt_auth>http://h/");
    assert_eq!(of("--since 2026-03-06T14:30:00.025Z --failed").unwrap(), "");
    assert_eq!(of("--failed --type survey.*").unwrap(), "");
    assert_eq!(of("--failed --to :9/x").unwrap(), "evt_auth>http://localhost:9/x");
    for (line, error) in
        [("evt_", "several events begin"), ("evt_skip", "not kept"), ("nope", "there is no event")]
    {
        assert!(of(line).unwrap_err().contains(error), "{line}: {:?}", of(line));
    }
}

#[tokio::test]
async fn replay_keeps_body_and_signs_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let history = Seeded::at_target(&url).await;
    let server = tokio::spawn(answer_once(listener, 204));
    let body = history.get("evt_auth").body;
    let sent = replayed(&history, &args("evt_auth -H X-Mine:yes")).await;
    let request = server.await.unwrap();

    assert!(request.ends_with(std::str::from_utf8(&body).unwrap()), "{request}");
    let signature = crate::signature::sign(&body, "whsec_x", (NOW + 5000) / 1000);
    for line in [
        "x-event-id: evt_auth".to_owned(),
        "x-delivery-attempt: 2".to_owned(),
        "x-webhook-id: whk_1".to_owned(),
        "x-cstar-request-id: req_1".to_owned(),
        "x-mine: yes".to_owned(),
        format!("x-signature: {signature}"),
    ] {
        assert!(request.to_lowercase().contains(&line), "no {line} in {request}");
    }
    assert_eq!(
        (sent[0].recorded, sent[0].as_json()["attempt"].as_u64()),
        (RecordedOutcome::Delivered, Some(2))
    );
    exit_result(&sent).unwrap();

    let event = history.get("evt_auth");
    let [first, second] = &event.attempts[..] else { panic!("{:?}", event.attempts) };
    assert_eq!((first.attempt, first.outcome), (1, RecordedOutcome::Failed));
    assert_eq!((second.attempt, second.outcome, second.status), (2, RecordedOutcome::Delivered, Some(204)));
    assert_eq!(second.started_at, at(5000));
    assert!(second.response_headers.contains(&("x-is".to_owned(), "it".to_owned())));
    assert!(!format!("{second:?}").contains("set-cookie"));
    assert_eq!(event.deliveries[0].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn failed_replay_is_recorded_and_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let history = Seeded::new().await;
    let server = tokio::spawn(answer_once(listener, 500));
    let sent = replayed(&history, &args(&format!("evt_good --to {url}"))).await;
    server.await.unwrap();
    let failure = exit_result(&sent).unwrap_err();
    assert_eq!(failure.exit(), Exit::Failed);
    assert_eq!(sent[0].as_json()["reason"], "answered HTTP 500");
    let event = history.get("evt_good");
    let ends: Vec<_> =
        event.deliveries.iter().map(|one| (one.target.as_str(), one.state, one.attempts)).collect();
    assert_eq!(
        ends,
        [(crate::ops::tests::TARGET, DeliveryState::Delivered, 2), (&*url, DeliveryState::Failed, 3)],
        "a new target continues the count of the others"
    );
}

#[tokio::test]
async fn refusing_target_changes_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    let history = Seeded::at_target(&url).await;
    let sent = replayed(&history, &args("evt_auth")).await;
    assert_eq!(exit_result(&sent).unwrap_err().exit(), Exit::Unreachable);
    let event = history.get("evt_auth");
    assert_eq!((event.deliveries[0].state, event.deliveries[0].attempts), (DeliveryState::Failed, 1));
    assert_eq!(event.attempts.last().unwrap().outcome, RecordedOutcome::Refused);
}
