//! When a lost stream is opened again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use super::*;

/// A stream on a clock that the test moves.
async fn on_a_clock(on: Transport) -> (Server, Receiver<StreamItem>, Arc<AtomicI64>) {
    let server = Server::start(|n, _| match n {
        0 => vec![send(HEAD), send(SESSION), send(block(1)), Act::Repeat(b": hb\n", ms(20))],
        _ => vec![send(HEAD), send(RESUMED), Act::Repeat(b": hb\n", ms(20))],
    })
    .await;
    let clock = Clock::fixed(1_774_583_010_044);
    let Clock::Fixed(wall) = clock.clone() else { unreachable!() };
    let mut items = open(StreamConfig { clock, heartbeat: ms(50), ..to(&server, on) }).await;
    event(&mut items).await;
    (server, items, wall)
}

#[tokio::test]
async fn suspended_machine_reconnects_once() {
    for on in [Transport::Sse, Transport::Ws] {
        let (server, mut items, wall) = on_a_clock(on).await;
        wall.fetch_add(3_600_000, Ordering::Relaxed);
        let (reason, retry_in) = disconnected(&mut items).await;
        assert!(matches!(reason, Disconnect::Suspended(time) if time.as_secs() >= 3590), "{reason:?}");
        assert_eq!(retry_in, ms(0));
        assert!(connected(&mut items).await.reconnected);
        assert_eq!(server.asked()[1].last_event_id().as_deref(), Some("evt_1"));
        assert!(timeout(ms(300), items.recv()).await.is_err(), "one jump, one reconnection");
    }
}

#[tokio::test]
async fn small_clock_changes_are_ignored() {
    let (_server, mut items, wall) = on_a_clock(Transport::Sse).await;
    for step in [-86_400_000, 4_000, -4_000, 4_000] {
        wall.fetch_add(step, Ordering::Relaxed);
        assert!(timeout(ms(150), items.recv()).await.is_err(), "{step}");
    }
}

#[tokio::test]
async fn clean_disconnect_is_retried_quickly() {
    for on in [Transport::Sse, Transport::Ws] {
        let server =
            Server::start(|n, _| vec![send(HEAD), send(RESUMED), send(block(n)), Act::Pause(ms(10))]).await;
        let mut items = subscribe(StreamConfig { backoff_ceiling: ms(10_000), ..to(&server, on) });
        for _ in 0..3 {
            while !matches!(next(&mut items).await.unwrap(), StreamItem::Disconnected { .. }) {}
            let began = Instant::now();
            connected(&mut items).await;
            assert!(began.elapsed() < ms(250), "{:?}", began.elapsed());
        }
    }
}

#[tokio::test]
async fn quick_retries_are_limited() {
    let server = Server::start(|_, _| vec![send(HEAD), send(RESUMED)]).await;
    let mut items = subscribe(StreamConfig { backoff_ceiling: ms(10_000), ..to(&server, Transport::Sse) });
    for _ in 0..12 {
        if matches!(next(&mut items).await, Some(StreamItem::Disconnected { retry_in, .. }) if retry_in > ms(90))
        {
            return;
        }
    }
    panic!("every wait was a quick one");
}

#[tokio::test]
async fn failing_server_sees_few_attempts() {
    let attempts = async |on| {
        let server = Server::start(|_, _| vec![send("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")]).await;
        let _items = subscribe(StreamConfig { backoff_ceiling: ms(10_000), ..to(&server, on) });
        tokio::time::sleep(ms(1000)).await;
        server.asked().len()
    };
    let (sse, ws) = tokio::join!(attempts(Transport::Sse), attempts(Transport::Ws));
    assert!((2..=8).contains(&sse) && (2..=8).contains(&ws), "{sse} {ws} attempts");
}

#[tokio::test]
async fn long_outage_is_reported() {
    let server = Server::start(|_, _| vec![send("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")]).await;
    let mut items = subscribe(StreamConfig { outage_interval: ms(100), ..to(&server, Transport::Sse) });
    loop {
        if let Some(StreamItem::StillDown(outage)) = next(&mut items).await {
            assert!(outage.lasted >= ms(100) && outage.attempts >= 1, "{outage:?}");
            assert_eq!(outage.reason, Disconnect::Status { status: 503, retry_after: None });
            return;
        }
    }
}
