//! Order and concurrency of deliveries.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{deliveries, register, sandbox, text};
use crate::support::api_connection::ApiConnection;
use crate::support::receiver::{ReceivedRequest, Receiver, Response};
use crate::support::{Home, TIMEOUT};

#[test]
fn hanging_endpoint_delays_no_other() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let hanging = Receiver::start_with(|_| Response::status(200).after(TIMEOUT));
    let healthy = Receiver::start();
    let mut api = ApiConnection::open(sandbox.port);
    let hung = register(&mut api, &hanging.url(), "ticket.created");
    register(&mut api, &healthy.url(), "ticket.created");
    let began = Instant::now();
    for number in 0..30 {
        api.data("POST tickets", &json!({"title": number.to_string()}));
    }
    let mut titles: Vec<usize> = healthy
        .take(30)
        .iter()
        .map(|request| text(&request.json()["data"]["ticket"], "title").parse().unwrap())
        .collect();
    titles.sort_unstable();
    assert_eq!(titles, (0..30).collect::<Vec<_>>());
    // well before the first attempt at the hanging endpoint times out
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(hanging.drain().len() <= 8, "an endpoint has a limited number of attempts in flight");
    assert!(deliveries(&mut api, &hung).iter().all(|delivery| delivery["status"] == "pending"));
}

#[test]
fn slow_endpoint_keeps_order_per_ticket() {
    let home = Home::new();
    let sandbox = sandbox(&home, "1");
    let count = AtomicUsize::new(0);
    let receiver = Receiver::start_with(move |_| {
        // earlier requests are slower
        let slow = 12_u64.saturating_sub(count.fetch_add(1, Ordering::Relaxed) as u64);
        Response::status(200).after(Duration::from_millis(slow))
    });
    let mut api = ApiConnection::open(sandbox.port);
    register(&mut api, &receiver.url(), "ticket.updated");
    let tickets: Vec<Value> = (0..3).map(|_| api.data("POST tickets", &json!({"title": "0"}))).collect();
    for number in 1..=10 {
        for ticket in &tickets {
            api.data(&format!("PATCH tickets/{}", text(ticket, "id")), &json!({"title": number.to_string()}));
        }
    }
    let requests = receiver.take(30);
    for ticket in &tickets {
        let of_ticket = requests
            .iter()
            .map(ReceivedRequest::json)
            .filter(|event| event["data"]["ticket"]["id"] == ticket["id"]);
        let titles: Vec<usize> =
            of_ticket.map(|event| text(&event["data"]["ticket"], "title").parse().unwrap()).collect();
        assert_eq!(titles, (1..=10).collect::<Vec<_>>());
    }
}

#[test]
fn kills_keep_every_change_and_its_order() {
    let home = Home::new();
    let receiver = Receiver::start();
    let mut running = sandbox(&home, "1");
    register(&mut ApiConnection::open(running.port), &receiver.url(), "ticket.updated");
    let ticket = ApiConnection::open(running.port).data("POST tickets", &json!({"title": "0"}));
    let line = format!("PATCH tickets/{}", text(&ticket, "id"));
    let (mut last, mut requests) = (0, Vec::new());
    for round in 1..=5 {
        let (mut api, line) = (ApiConnection::open(running.port), line.clone());
        // Continuous changes until the sandbox is killed.
        let writer = std::thread::spawn(move || {
            let mut number = last + 1;
            while api.try_send(&line, &json!({"title": number.to_string()}), None).is_some() {
                number += 1;
            }
            number - 1
        });
        requests.extend(receiver.take(round * 5));
        running.kill();
        last = writer.join().unwrap();
        running = sandbox(&home, "1");
    }
    // The last change of a round may lack only its response.
    let now =
        ApiConnection::open(running.port).data(&format!("GET tickets/{}", text(&ticket, "id")), &Value::Null);
    let newest: u64 = text(&now, "title").parse().unwrap();
    let title =
        |request: &ReceivedRequest| text(&request.json()["data"]["ticket"], "title").parse::<u64>().unwrap();
    while requests.last().is_none_or(|request| title(request) != newest) {
        requests.push(receiver.next());
    }
    // Deliveries in flight at a kill may be repeated; nothing is missing, invented or out of order.
    let mut titles: Vec<u64> = requests.iter().map(title).collect();
    titles.dedup();
    assert!(titles.windows(2).all(|pair| pair[0] < pair[1]), "{titles:?}");
    assert_eq!(titles, (1..=newest).collect::<Vec<_>>());
}
