//! Sessions: opened, lost, resumed, and without a sign of life.

use super::*;

on_both_transports! {
    session_and_event_arrive,
    lost_event_is_resumed,
    reconnecting_loses_and_repeats_nothing,
    three_missed_heartbeats_are_a_dead_peer,
    server_without_session_is_disconnected,
    unresponsive_server_is_disconnected,
    paused_consumer_is_not_a_dead_peer,
    dropped_receiver_closes_the_connection,
    repeated_session_frames_are_one_session,
    endless_message_is_disconnected,
}

async fn session_and_event_arrive(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), send(block(1)), Act::Hold]).await;
    let types = vec!["ticket.*".into(), "customer.created".into()];
    let mut items = subscribe(StreamConfig { types, ..to(&server, on) });
    assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: 1 })));
    let session = connected(&mut items).await;
    assert_eq!(session.secret.unwrap().expose(), "whsec_1");
    assert!(!session.reconnected);
    let meta = EventMeta {
        id: "evt_1".into(),
        event_type: "ticket.created".into(),
        request_id: Some("req_1".into()),
        webhook_id: session.webhook_id.as_deref().map(Arc::from),
        received_at: Timestamp::from_millisecond(1_774_583_010_044).unwrap(),
    };
    let expected = ReceivedEvent { meta: Arc::new(meta), body: Bytes::from_static(b"{\"n\":1}") };
    assert_eq!(event(&mut items).await, expected);

    let asked = &server.asked()[0];
    assert!(asked.head.starts_with("GET /webhooks/listen?types=ticket.*,customer.created HTTP/1.1\r\n"));
    let accept = if on == Transport::Sse { "text/event-stream" } else { "*/*" };
    assert_eq!(asked.header("accept"), Some(accept));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert_eq!(asked.header("authorization"), Some("Bearer sk_test_key"));
    assert_eq!(asked.last_event_id(), None);
}

async fn lost_event_is_resumed(on: Transport) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1)), send(&block(2)[..30])],
        _ => vec![send(HEAD), send(RESUMED), send(block(2)), Act::Hold],
    })
    .await;
    let mut items = open(to(&server, on)).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
    let (reason, retry_in) = disconnected(&mut items).await;
    match on {
        Transport::Ws => assert!(matches!(reason, Disconnect::Cut(_)), "{reason:?}"),
        _ => assert_eq!(reason, Disconnect::Ended),
    }
    assert!(retry_in >= ms(50) && retry_in <= ms(60));
    let session = connected(&mut items).await;
    assert!(session.reconnected && session.resumed == Some(true));
    assert_eq!(event(&mut items).await.id, "evt_2");
    assert_eq!(server.asked()[1].last_event_id().as_deref(), Some("evt_1"));
}

async fn reconnecting_loses_and_repeats_nothing(on: Transport) {
    let server = Server::start(|n, asked| {
        let first = asked.last_event_id().map_or(1, |id| id[4..].parse::<usize>().unwrap() + 1);
        let stream = format!("{RESUMED}{}", (first..=12).map(block).collect::<String>());
        let cut = stream.len().min(60 + 37 * n);
        vec![send(HEAD), send(&stream[..cut]), if n % 2 == 0 { Act::Reset } else { send("") }]
    })
    .await;
    let mut items = subscribe(to(&server, on));
    let mut got = Vec::new();
    while got.len() < 12 {
        match next(&mut items).await.unwrap() {
            StreamItem::Event(event) => got.push(event.id.clone()),
            StreamItem::Connected(_) | StreamItem::Disconnected { .. } => {}
            StreamItem::Gap(gap) => assert_eq!((gap.reason, got.len()), (GapReason::NoCursor, 0)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(got, (1..=12).map(|n| format!("evt_{n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn broken_transfer_is_a_lost_connection() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let server =
        Server::start(move |_, _| vec![send(head), send(format!("{:x}\r\n{SESSION}\r\n", SESSION.len()))])
            .await;
    let mut items = open(to(&server, Transport::Sse)).await;
    let (reason, _) = disconnected(&mut items).await;
    assert!(matches!(reason, Disconnect::Cut(_)), "{reason:?}");
}

async fn three_missed_heartbeats_are_a_dead_peer(on: Transport) {
    let server = Server::start(move |_, _| vec![send(format!("{HEAD}{SESSION}")), Act::Hold]).await;
    let mut items = open(StreamConfig { heartbeat: ms(30), ..to(&server, on) }).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Silence(ms(90)));
    timeout(Duration::from_secs(5), server.closed.notified()).await.expect("the dead connection is closed");
}

async fn server_without_session_is_disconnected(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), Act::Repeat(b": hb\n", ms(10))]).await;
    let mut items = subscribe(StreamConfig { heartbeat: ms(30), ..to(&server, on) });
    assert_eq!(disconnected(&mut items).await.0, Disconnect::NoSession(ms(90)));
}

async fn unresponsive_server_is_disconnected(on: Transport) {
    let server = Server::start(|_, _| vec![Act::Hold]).await;
    let mut items = subscribe(StreamConfig { connect_timeout: ms(80), ..to(&server, on) });
    let timeout = Disconnect::Connect(ConnectFailure::Timeout(ms(80)));
    assert_eq!(disconnected(&mut items).await.0, timeout);
    assert!(matches!(items.recv().await, Some(StreamItem::Connecting { attempt: 2 })));
}

async fn paused_consumer_is_not_a_dead_peer(on: Transport) {
    let events: String = (0..200).map(block).collect();
    let server = Server::start(move |_, _| {
        vec![send(format!("{HEAD}{SESSION}{events}")), Act::Repeat(b": hb\n", ms(30))]
    })
    .await;
    let mut items = open(StreamConfig { heartbeat: ms(100), ..to(&server, on) }).await;
    tokio::time::sleep(ms(700)).await;
    assert_eq!(items.len(), CHANNEL_CAPACITY);
    for n in 0..200 {
        assert_eq!(event(&mut items).await.id, format!("evt_{n}"));
    }
}

async fn dropped_receiver_closes_the_connection(on: Transport) {
    let server = Server::start(|_, _| vec![send(HEAD), send(SESSION), Act::Hold]).await;
    let items = open(to(&server, on)).await;
    drop(items);
    timeout(Duration::from_secs(5), server.closed.notified()).await.expect("the connection is closed");
}

async fn repeated_session_frames_are_one_session(on: Transport) {
    let server = Server::start(|_, _| {
        vec![send(HEAD), send(SESSION), send(RESUMED), send(RESUMED), send(block(1)), Act::Hold]
    })
    .await;
    let mut items = open(to(&server, on)).await;
    assert_eq!(event(&mut items).await.id, "evt_1");
}

async fn endless_message_is_disconnected(on: Transport) {
    let server = Server::start(move |_, asked| match asked.is_socket() {
        true => {
            let opened = [
                messages::accepted(asked).as_bytes(),
                &messages::text_frame(0x81, b"{\"kind\":\"session\"}"),
            ]
            .concat();
            vec![
                Act::Raw(opened),
                Act::Raw(vec![0x81, 127, 0, 0, 0, 0, 0, 0x10, 0, 0]),
                Act::Repeat(b"x", ms(10)),
            ]
        }
        false => vec![send(HEAD), send(SESSION), Act::Repeat(b"data: x\n: hb\n", ms(10))],
    })
    .await;
    let mut items =
        subscribe(StreamConfig { message_timeout: ms(200), heartbeat: ms(300), ..to(&server, on) });
    connected(&mut items).await;
    assert_eq!(disconnected(&mut items).await.0, Disconnect::Unfinished(ms(200)));
}
