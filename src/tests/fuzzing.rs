//! The fuzz targets: one function for each parser of foreign bytes. Each takes any bytes, and panics if a property does
//! not hold.
//!
//! `tests/fuzz` runs these with libFuzzer. The tests below run them on the inputs in `tests/corpus` and on mutations of
//! each, at every `cargo test`. A finding is first added there, and then fixed.

use std::time::Duration;

use crate::args::{duration, header, pattern, target, time_spec};
use crate::commands::agent_config;
use crate::event::{Event, Filter, Pattern, catalogue};
use crate::sandbox::FaultRule;
use crate::signature::{Verifier, explain, sign};
use crate::{account, api, history, net, output, sandbox, stream};

/// A name, which is that of its directory in `tests/corpus`, and the function.
pub type Target = (&'static str, fn(&[u8]));

/// Everything there is.
pub const TARGETS: [Target; 15] = [
    ("sse", stream::fuzz::sse),
    ("websocket", stream::fuzz::websocket),
    ("signature", signature),
    ("pattern", pattern),
    ("arguments", arguments),
    ("event", event),
    ("history", history::fuzz::history),
    ("files", account::fuzz::files),
    ("agents", agent_config),
    ("import", sandbox::fuzz::import),
    ("lists", sandbox::fuzz::lists),
    ("redaction", sandbox::fuzz::redaction),
    ("answers", api::fuzz::answers),
    ("frames", frames),
    ("targets", net::target_answers),
];

/// Any header is judged without a panic, and only the right one is accepted.
fn signature(data: &[u8]) {
    const SECRET: &str = "whsec_test";
    const NOW: i64 = 1_774_583_010;
    let (header, body) = data.split_at(data.iter().position(|byte| *byte == 0).unwrap_or(data.len()));
    let header = String::from_utf8_lossy(header);
    let good = sign(body, SECRET, NOW);
    let verifier = Verifier::new(SECRET).at(NOW).strict(true);
    assert!(verifier.verify(body, Some(&good)).is_ok());
    if verifier.verify(body, Some(&header)).is_ok() {
        // Only the owner of the secret can make it.
        let mac = good.rsplit('=').next().unwrap_or_default();
        assert!(header.to_ascii_lowercase().contains(mac) || header.contains("v1="), "{header}");
        assert!(verifier.verify(&[body, b"x"].concat(), Some(&header)).is_err());
    } else {
        let _ = explain(body, Some(&header), SECRET, NOW, Duration::from_secs(300));
    }
}

/// A pattern that is taken means itself.
fn pattern(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for parsed in [Pattern::parse(&text), Pattern::parse_any(&text)].into_iter().flatten() {
        let again = Pattern::parse_any(parsed.as_str()).map(|again| again.as_str().to_owned());
        assert_eq!(again.ok().as_deref(), Some(parsed.as_str()));
        for event in catalogue() {
            let wanted = parsed.as_str() == "*" || parsed.as_str() == event.name;
            assert!(parsed.matches(event.name) || !wanted, "{}", event.name);
        }
    }
}

/// What people type after a flag.
fn arguments(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = (pattern::parse(&text), duration::parse(&text), time_spec::parse(&text), header::parse(&text));
    if let Ok(url) = target::parse(&text) {
        assert!(matches!(url.scheme(), "http" | "https") && url.username().is_empty(), "{url}");
        assert_eq!(target::parse(url.as_str()), Ok(url.clone()), "{text}");
    }
    let _ = (target::parse_route(&text), FaultRule::parse(&text));
    if let Ok(filter) = Filter::parse(&text) {
        let _ = (filter.matches(data), filter.matches(br#"{"type":"x","data":{"n":1.0,"a":["b"]}}"#));
    }
}

/// An event keeps its bytes.
fn event(data: &[u8]) {
    if let Ok(event) = Event::from_body(data.to_vec()) {
        assert_eq!(event.body().as_ref(), data);
        let _ = (event.resource_key(), event.created_at(), event.team_id());
        // The envelope and the filters read the same members.
        let has_type = Filter::parse("type exists").is_ok_and(|filter| filter.matches(data));
        assert!(has_type, "{data:?}");
    }
}

/// Frames all the way: received, noted in a history, read again, and written as a line of JSON and as text.
fn frames(data: &[u8]) {
    let events = stream::fuzz::events(data);
    let Ok(directory) = tempfile::tempdir() else { return };
    let path = directory.path().join("history.sqlite3");
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    if !events.is_empty() && runtime.block_on(noted(&path, &events)).is_none() {
        return;
    }
    let reader = history::HistoryReader::open(&path);
    assert!(reader.is_ok(), "what was noted cannot be read");
    let Ok(reader) = reader else { return };
    for event in &events {
        let Ok(history::EventLookup::Found(found)) = reader.get(&event.id) else {
            // Several ids may begin alike, and the oldest are forgotten.
            continue;
        };
        assert!(found.event_type.as_ref().is_some_and(|name| !name.is_empty()), "{event:?}");
        let value = output::history_json::detail(&found);
        let line = output::json::line(&value);
        assert!(line.is_ok(), "{event:?} cannot be written");
        let Ok(line) = line else { return };
        assert!(!line.trim_end().contains(['\n', '\r']), "{line}");
        let shown = output::sanitize::sanitize(&event.id);
        assert!(!shown.contains(char::is_control), "{shown:?}");
        // What is shown of an event is bounded by its body, not by its names (F3).
        assert!(shown.len() <= 4096, "an id of {} bytes", shown.len());
    }
}

/// All events, in a history of their own; `None` when there is no disk for it.
async fn noted(path: &std::path::Path, events: &[stream::frame::Event]) -> Option<()> {
    let clock = crate::host::clock::Clock::fixed(1_765_377_000_000);
    let journal = history::Journal::open(history::HistorySettings::new(path, clock.clone())).ok()?;
    let scope = history::RunScope { base_url: "http://a".to_owned(), team_id: None, environment: None };
    journal.begin_run(scope, vec!["http://b".into()], 1).await.ok()?;
    for (seq, event) in (1..).zip(events) {
        let meta = crate::event::EventMeta {
            id: event.id.clone(),
            event_type: event.event_type.clone(),
            request_id: event.request_id.clone(),
            webhook_id: None,
            received_at: clock.now(),
        };
        let event = crate::event::ReceivedEvent { meta: meta.into(), body: event.body.clone() };
        let received = history::ReceivedRecord { seq, event, targets: vec!["http://b".into()], local: None };
        journal.record(history::Record::Received(received)).await;
    }
    journal.close().await;
    Some(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    /// Changes to each input; libFuzzer makes more.
    const CHANGES: u64 = 60;
    /// Each of these waits for the disk.
    const CHANGES_OF_DATABASES: u64 = 12;

    fn corpus() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
    }

    /// The inputs of a target, in the order of their names.
    fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(corpus().join(target)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
    }

    /// Numbers that look random and are the same at every run (xorshift).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 16).unwrap() % limit.max(1)
        }
    }

    /// A byte changed, taken out or put in, or a piece repeated or cut off; up to four times.
    fn changed(input: &[u8], numbers: &mut Numbers) -> Vec<u8> {
        let mut out = input.to_vec();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(out.len() + 1);
            match numbers.below(5) {
                0 if at < out.len() => out[at] = u8::try_from(numbers.below(256)).unwrap(),
                1 if at < out.len() => drop(out.remove(at)),
                2 => out.insert(at, b"\0\n\r:=.,*\"{}\x7e\xff"[numbers.below(13)]),
                3 => {
                    let piece = out[at..(at + numbers.below(16)).min(out.len())].to_vec();
                    out.extend(piece);
                }
                _ => out.truncate(at.max(1)),
            }
        }
        out
    }

    /// Long members, deep nests, many items: what only a large input shows. Made, so that the corpus stays small.
    fn large(target: &str) -> Vec<Vec<u8>> {
        let long = "x".repeat(1_000_000);
        let many = "{},".repeat(200_000);
        let deep = "[".repeat(100_000);
        match target {
            "sse" | "frames" => vec![
                format!("id: {long}\nevent: ticket.created\ndata: {{}}\n\n").into_bytes(),
                format!("id: a\nevent: {long}\ndata: {{}}\n\n").into_bytes(),
                format!("id: a\ndata: {{\"id\":\"{long}\",\"type\":\"{long}\"}}\n\n").into_bytes(),
            ],
            "answers" => vec![
                format!("x{{\"data\":[{many}{{}}]}}").into_bytes(),
                format!("x{{\"error\":{{\"message\":\"{long}\"}}}}").into_bytes(),
                format!("x{deep}").into_bytes(),
            ],
            "redaction" => vec![
                format!("{{\"password\":\"{long}\"}}").into_bytes(),
                format!("whsec_{long}").into_bytes(),
                deep.into_bytes(),
            ],
            "import" => vec![long.into_bytes(), deep.into_bytes()],
            "lists" => vec![format!("\0search={}", &long[..60_000]).into_bytes()],
            "websocket" => {
                let header = |length: u64| [&[0x82, 127][..], &length.to_be_bytes(), b"data"].concat();
                [1 << 30, 1 << 62, 1 << 63, u64::MAX].map(header).to_vec()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn large_inputs_do_not_panic() {
        for target in &TARGETS {
            for input in large(target.0) {
                let survived = std::panic::catch_unwind(|| target.1(&input)).is_ok();
                let start = String::from_utf8_lossy(&input[..input.len().min(60)]).into_owned();
                assert!(survived, "{}: {} bytes that begin with {start:?}", target.0, input.len());
            }
        }
    }

    /// A panic is reported with the name of the target and the bytes.
    fn survives(target: &Target, name: &str, input: &[u8]) {
        let survived = std::panic::catch_unwind(|| target.1(input)).is_ok();
        assert!(survived, "{}: {name}: {input:?}", target.0);
    }

    #[test]
    fn corpus_and_its_mutations_are_read() {
        for target in &TARGETS {
            let waits = matches!(target.0, "history" | "frames" | "import");
            let changes = if waits { CHANGES_OF_DATABASES } else { CHANGES };
            for (name, input) in inputs(target.0) {
                survives(target, &name, &input);
                let mut numbers = Numbers((input.len() as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                for _ in 0..changes {
                    survives(target, &name, &changed(&input, &mut numbers));
                }
            }
        }
    }

    #[test]
    fn corpus_is_small_and_has_no_orphans() {
        let names: BTreeSet<String> = TARGETS.iter().map(|target| target.0.to_owned()).collect();
        let entries = std::fs::read_dir(corpus()).unwrap();
        let found: BTreeSet<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(found, names);
        for name in names {
            let inputs = inputs(&name);
            assert!((3..=40).contains(&inputs.len()), "{name}: {} inputs", inputs.len());
            assert!(inputs.iter().all(|(_, input)| input.len() <= 4096), "{name}");
        }
    }
}
