//! Several targets: each gets its events, and none waits for another.

use serde_json::json;

use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::listen::Listen;
use crate::support::ports::ReservedPort;
use crate::support::receiver::{Receiver, Response};
use crate::support::sandbox::Sandbox;
use crate::support::tcp_proxy::TcpProxy;

fn types(receiver: &Receiver, count: usize) -> Vec<String> {
    let requests = receiver.take(count);
    let mut types: Vec<_> =
        requests.iter().map(|request| request.header("x-event-type").to_owned()).collect();
    types.sort();
    types
}

#[test]
fn each_target_gets_its_routes() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let (all, tickets, both) = (Receiver::start(), Receiver::start(), Receiver::start());
    let args = [
        "--forward-to",
        &all.url(),
        "--route",
        &format!("ticket.*={}", tickets.url()),
        "--route",
        &format!("customer.created={}", both.url()),
        "--route",
        &format!("ticket.created={}", both.url()),
    ];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    for kind in ["ticket.created", "ticket.closed", "customer.created", "article.created"] {
        api.trigger(kind, &json!({}));
    }
    assert_eq!(types(&all, 4), ["article.created", "customer.created", "ticket.closed", "ticket.created"]);
    assert_eq!(types(&tickets, 2), ["ticket.closed", "ticket.created"]);
    assert_eq!(types(&both, 2), ["customer.created", "ticket.created"]);
    listen.wait_for_all("delivered", 8);
    listen.interrupt();
    let summary = listen.summary();
    assert_eq!((&summary["received"], &summary["delivered"]), (&json!(8), &json!(8)));
    for receiver in [all, tickets, both] {
        assert!(receiver.drain().is_empty());
    }
}

#[test]
fn routes_alone_set_the_server_filter() {
    let home = Home::new();
    let sandbox = Sandbox::start(&home);
    let receiver = Receiver::start();
    let route = format!("ticket.*={}", receiver.url());
    let mut listen = Listen::start(sandbox.cstar(&home), &["--route", &route, "--count", "1"]);
    let mut api = ApiConnection::open(sandbox.port);
    api.trigger("customer.created", &json!({}));
    api.trigger("ticket.closed", &json!({}));
    let summary = listen.summary();
    assert_eq!((&summary["received"], &summary["skipped"]), (&json!(1), &json!(0)));
    assert_eq!(types(&receiver, 1), ["ticket.closed"]);
}

#[test]
fn target_that_is_down_stops_no_other() {
    let (home, down) = (Home::new(), ReservedPort::new());
    let sandbox = Sandbox::start(&home);
    let up = Receiver::start();
    let args = ["--forward-to", &down.url(), "--forward-to", &up.url()];
    let mut listen = Listen::start(sandbox.cstar(&home), &args);
    let mut api = ApiConnection::open(sandbox.port);
    for number in 0..20 {
        api.trigger_ticket("tkt_1", number);
    }
    super::assert_complete_and_in_order(&up.take(20), 20);
    listen.wait_for("waiting");
    let back = Receiver::start_at(down.port, |_| Response::status(200));
    super::assert_complete_and_in_order(&back.take(20), 20);
    listen.wait_for_all("delivered", 40);
    assert_eq!(listen.all("waiting").len(), 1);
    assert!(up.drain().is_empty() && back.drain().is_empty());
    listen.stop();
}

#[test]
fn localhost_tries_both_address_families() {
    let (home, port, receiver) = (Home::new(), ReservedPort::new(), Receiver::start());
    let address = format!("[::1]:{}", port.port).parse().unwrap();
    let Ok(_v6) = TcpProxy::start_at(address, receiver.port) else {
        // This machine has no IPv6.
        return;
    };
    let sandbox = Sandbox::start(&home);
    let target = format!("localhost:{}/hook", port.port);
    let mut listen = Listen::start(sandbox.cstar(&home), &["--forward-to", &target, "--count", "1"]);
    ApiConnection::open(sandbox.port).trigger_ticket("tkt_1", 1);
    assert_eq!(listen.wait_for("delivered")["attempt"], 1);
    assert_eq!(receiver.next().header("x-delivery-attempt"), "1");
    listen.summary();
    assert!(listen.all("waiting").is_empty());
}
