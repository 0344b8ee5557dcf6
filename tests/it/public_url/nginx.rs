//! `listen --public-url` behind a real nginx with TLS.

use std::path::Path;
use std::time::Duration;

use super::{trigger_id, webhooks};
use crate::nginx::Nginx;
use crate::support::Home;
use crate::support::listen::Listen;
use crate::support::ports::closed_port;
use crate::support::receiver::Receiver;
use crate::support::sandbox::Sandbox;
use crate::support::tls_front;

const EVENTS: usize = 1_000;
const TRIGGERS: usize = 8;

fn server(port: u16, receive: u16) -> String {
    let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/tls_front").join(name);
    format!(
        "server {{
    listen 127.0.0.1:{port} ssl;
    server_name localhost;
    ssl_certificate {};
    ssl_certificate_key {};
    location / {{ proxy_pass http://127.0.0.1:{receive}; }}
}}",
        file("good.pem").display(),
        file("server.key").display()
    )
}

#[test]
#[ignore = "needs nginx, which .ci/run installs"]
fn thousand_events_pass_an_nginx_with_tls() {
    let (home, receiver) = (Home::new(), Receiver::start());
    let sandbox = Sandbox::start_trusting(&home, &tls_front::authority());
    let (public, receive) = (closed_port(), closed_port());
    let _nginx = Nginx::start(&server(public, receive));
    let url = format!("https://localhost:{public}");
    let args = ["--public-url", &url, "--receive", &receive.to_string(), "--forward-to", &receiver.url()];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let ids: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..TRIGGERS)
            .map(|_| {
                let sandbox = &sandbox;
                scope.spawn(move || {
                    let trigger = |_| {
                        // Together about 200 in a second.
                        std::thread::sleep(Duration::from_millis(40));
                        trigger_id(sandbox)
                    };
                    (0..EVENTS / TRIGGERS).map(trigger).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    listen.wait_for_all("delivered", EVENTS);
    let mut received: Vec<String> =
        receiver.take(EVENTS).iter().map(|request| request.header("x-event-id").to_owned()).collect();
    let mut expected = ids;
    received.sort();
    expected.sort();
    assert_eq!(received, expected);
    assert_eq!(listen.all("received").len(), EVENTS, "cStar repeated none");
    listen.stop();
    assert!(receiver.drain().is_empty() && webhooks(&sandbox).is_empty());
}
