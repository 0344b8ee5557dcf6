//! `kill -9` of the sandbox at many random moments during bulk actions, imports and the automations that they start: each
//! committed change has exactly its events and its entries in the audit log, no request is half done, and nothing is
//! invented.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::outage::chaos::Rng;
use crate::support::Home;
use crate::support::api_connection::ApiConnection;
use crate::support::ports::ReservedPort;
use crate::support::process::is_under_wine;
use crate::support::sandbox::Sandbox;

const TICKETS: usize = 10;
/// Customers in an import.
const CUSTOMERS: usize = 5;
/// A round is killed at a moment within this many microseconds.
const ROUND: u64 = 40_000;

/// Starting a process takes a second under Wine.
fn kills() -> u64 {
    if is_under_wine() { 10 } else { 50 }
}

#[test]
fn killed_bulk_and_imports_are_whole() {
    let seed = std::env::var("CSTAR_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
    let seed = seed.unwrap_or_else(|| u64::from(now()));
    eprintln!("to repeat: CSTAR_SEED={seed}");
    let (home, port, mut rng) = (Home::new(), ReservedPort::new(), Rng(seed));
    let directory = home.path().join("state");
    let start = || {
        let directory = directory.to_str().unwrap();
        Sandbox::start_at(&home, port.port, &["--rate-limit", "0", "--data-dir", directory])
    };
    let mut sandbox = start();
    let ids = tickets(port.port);
    let actions = json!([{"type": "add_tags", "tags": ["imported"]}]);
    let rule = json!({"name": "Tag", "triggerEvent": "customer.created", "actions": actions});
    ApiConnection::open(port.port).data("POST automations", &rule);
    let (mut log, mut next) = (Log::default(), 1);
    for _ in 0..kills() {
        let writer = {
            let (api, ids) = (ApiConnection::open(port.port), ids.clone());
            std::thread::spawn(move || write(api, &ids, next))
        };
        std::thread::sleep(Duration::from_micros(rng.next_below(ROUND)));
        sandbox.kill();
        next = writer.join().unwrap();
        log.read(&directory);
        sandbox = start();
        // the request without a response is whole: either all of its changes exist or none
        let notes: HashSet<String> = notes(port.port, &ids).into_iter().collect();
        assert_eq!(notes.len(), 1, "a bulk action is half done: {notes:?}");
        assert_eq!(log.tagged, log.created, "the automation ran for each customer");
    }
    // the last request is repeated with its idempotency key
    let mut api = ApiConnection::open(port.port);
    assert_eq!(send(&mut api, &ids, next).unwrap()["failed"].as_u64().unwrap_or_default(), 0);
    let (notes, customers) = (notes(port.port, &ids), api.total("customers?tag=imported"));
    let audit = api.total("audit-log");
    sandbox.kill();
    log.read(&directory);

    assert_eq!(log.events, log.audit, "every event has its entry in the audit log, in the same order");
    assert_eq!(u64::try_from(log.events.len()).unwrap(), audit);
    let imports = (1..=next).filter(|number| is_import(*number)).count();
    assert_eq!(customers, u64::try_from(imports * CUSTOMERS).unwrap());
    assert_eq!(log.created.len(), imports * CUSTOMERS, "one event for each customer");
    let expected: Vec<String> =
        (1..=next).filter(|number| !is_import(*number)).map(|n| n.to_string()).collect();
    for (id, notes) in ids.iter().zip(notes) {
        assert_eq!(log.notes[id], expected, "one event for each change of {id}, in order");
        assert_eq!(notes, *expected.last().unwrap());
    }
    eprintln!("{next} requests, {} events, {} kills", log.events.len(), kills());
}

/// Every third request is an import, the others are bulk actions.
fn is_import(number: usize) -> bool {
    number.is_multiple_of(3)
}

/// Sends requests, starting with `number`, until the sandbox is gone; returns the first one without a response.
fn write(mut api: ApiConnection, ids: &[String], mut number: usize) -> usize {
    while send(&mut api, ids, number).is_some() {
        number += 1;
    }
    number
}

/// Returns the result, or `None` if the sandbox is gone.
fn send(api: &mut ApiConnection, ids: &[String], number: usize) -> Option<Value> {
    let key = format!("k-{number}");
    let (line, body) = if is_import(number) {
        let record = |index: usize| {
            let name = format!("{number}-{index}");
            json!({"name": name, "email": format!("{name}@example.com")})
        };
        let mut records: Vec<Value> = (0..CUSTOMERS).map(record).collect();
        // neither a record with an error nor one that exists has an event
        records.extend([json!({"name": "no address"}), record(0)]);
        ("POST import", json!({"resource": "customers", "records": records}))
    } else {
        let data = json!({"notes": number.to_string()});
        ("POST bulk", json!({"action": "update", "resource": "tickets", "ids": ids, "data": data}))
    };
    let reply = api.try_send(line, &body, Some(&key))?;
    assert_eq!(reply.status, 200, "{reply:?}");
    let result = reply.json["data"].clone();
    let done = [&result["created"], &result["succeeded"]].into_iter().find_map(Value::as_u64).unwrap();
    assert_eq!(done, if is_import(number) { 5 } else { 10 }, "{result}");
    Some(result)
}

fn tickets(port: u16) -> Vec<String> {
    let mut api = ApiConnection::open(port);
    let body = json!({ "title": "T", "notes": "" });
    (0..TICKETS).map(|_| api.data("POST tickets", &body)["id"].as_str().unwrap().to_owned()).collect()
}

fn notes(port: u16, ids: &[String]) -> Vec<String> {
    let mut api = ApiConnection::open(port);
    let mut one = |id: &String| api.data(&format!("GET tickets/{id}"), &Value::Null);
    ids.iter().map(|id| one(id)["notes"].as_str().unwrap().to_owned()).collect()
}

/// What the state has of the past.
#[derive(Default)]
struct Log {
    /// The ids of all events, in their order.
    events: Vec<String>,
    /// The events of the entries in the audit log.
    audit: Vec<String>,
    /// The customers with an event.
    created: HashSet<String>,
    /// The customers that the automation changed.
    tagged: HashSet<String>,
    /// The values that each ticket got.
    notes: BTreeMap<String, Vec<String>>,
    /// The last positions that were read.
    read: (i64, i64),
}

impl Log {
    /// Reads what is new in a copy of the state, which is left as the killed sandbox left it.
    fn read(&mut self, directory: &Path) {
        let copy = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(directory).unwrap() {
            let path = file.unwrap().path();
            std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
        let state = rusqlite::Connection::open(copy.path().join("sandbox.db")).unwrap();
        let sql =
            "SELECT position, id, type, CAST(body AS TEXT) FROM events WHERE position > ?1 ORDER BY position";
        let mut events = state.prepare(sql).unwrap();
        let mut rows = events.query([self.read.0]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            self.read.0 = row.get(0).unwrap();
            self.events.push(row.get(1).unwrap());
            let (kind, body): (String, String) = (row.get(2).unwrap(), row.get(3).unwrap());
            self.take(&kind, &serde_json::from_str(&body).unwrap());
        }
        let sql = "SELECT position, json_extract(details, '$.eventId') FROM audit WHERE position > ?1 ORDER BY position";
        let mut audit = state.prepare(sql).unwrap();
        let mut rows = audit.query([self.read.1]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            self.read.1 = row.get(0).unwrap();
            self.audit.push(row.get(1).unwrap());
        }
    }

    fn take(&mut self, kind: &str, event: &Value) {
        let data = &event["data"];
        let id = |name: &str| data[name]["id"].as_str().unwrap().to_owned();
        match kind {
            "customer.created" => assert!(self.created.insert(id("customer")), "{event}"),
            "customer.updated" => {
                assert_eq!(data["changes"]["tags"]["to"], json!(["imported"]), "{event}");
                assert!(self.tagged.insert(id("customer")), "{event}");
            }
            "ticket.updated" => {
                let change = &data["changes"]["notes"];
                let values = self.notes.entry(id("ticket")).or_default();
                let before = values.last().map_or("", String::as_str);
                assert_eq!(change["from"], before, "a change is missing or invented: {event}");
                values.push(change["to"].as_str().unwrap().to_owned());
            }
            "ticket.created" => {}
            other => panic!("nothing caused {other}: {event}"),
        }
    }
}
