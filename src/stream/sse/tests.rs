//! The format cases of the Web Platform Tests for EventSource with every chunk size, a comparison with a naive decoder,
//! and the memory limit.

mod limits;
mod reference;

use proptest::prelude::*;

use super::*;
use crate::stream::fuzz::decoded as decode;

const LIMIT: usize = 1 << 20;

/// `(event, data, last event id)` of every event, the same at every chunk size.
fn events(stream: impl AsRef<[u8]>) -> Vec<(String, String, String)> {
    let stream = stream.as_ref();
    let whole = decode(stream, stream.len(), LIMIT);
    for size in 1..=stream.len() {
        assert_eq!(decode(stream, size, LIMIT), whole, "chunks of {size}");
    }
    whole
        .into_iter()
        .filter_map(|frame| match frame {
            Frame::Event(e) => Some((e.event, String::from_utf8(e.data.to_vec()).unwrap(), e.id)),
            _ => None,
        })
        .collect()
}

fn data(stream: impl AsRef<[u8]>) -> Vec<String> {
    events(stream).into_iter().map(|(_, data, _)| data).collect()
}

#[test]
fn data_is_decoded_exactly() {
    let no_line_ends = "data:a\u{2028}b\u{2029}c\u{b}d\u{c}e\u{85}f\u{1c}g\n\n";
    let body = r#"{"n":12345678901234567890.10,"é":"\u00e9","a":1,"a":2 , "s":"\/"}"#;
    for (stream, expected) in [
        // One byte order mark is removed. A second one is text.
        ("\u{feff}data:1\n\n\u{feff}data:2\n\ndata:3\n\n", &["1", "3"][..]),
        ("\u{feff}\u{feff}data:1\n\ndata:2\n\ndata:3\n\n", &["2", "3"]),
        ("data:\n\ndata\ndata\n\ndata:test\n\n", &["", "\n", "test"]),
        (
            "data:\0\n data:2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n",
            &["\0\n1\n3\n\n4"],
        ),
        ("data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacomment\n\n", &["test\n"]),
        // Only one leading space is removed.
        ("data:\ttest\rdata: \ndata:test\n\n", &["\ttest\n\ntest"]),
        ("data:  two\ndata: end \ndata: :a: b\n\n", &[" two\nend \n:a: b"]),
        ("data:test\r\ndata\ndata:test\r\n\r", &["test\n\ntest"]),
        (
            "data:1\r\rdata:2\n\ndata:3\r\n\r\ndata:4\n\r\ndata:5\r\n\ndata:6\r\r\n",
            &["1", "2", "3", "4", "5", "6"],
        ),
        (no_line_ends, &[&no_line_ends[5..no_line_ends.len() - 2]]),
        ("data:\0\n\n\n\n", &["\0"]),
        (&format!("data: {body}\n\n"), &[body]),
    ] {
        assert_eq!(data(stream), expected, "{stream:?}");
    }
    assert_eq!(data(b"\xEF\xBBdata:1\n\ndata:2\n\n"), ["2"], "part of a byte order mark");
}

#[test]
fn comments_are_skipped_anywhere() {
    let long = "x".repeat(2000);
    let stream = format!("data:1\r:\0\n:\r\ndata:2\n:{long}\rdata:3\n:data:fail\r:{long}\ndata:4\n\n");
    let mut decoder = Decoder::new(LIMIT);
    decoder.push(stream.as_bytes());
    let frames: Vec<_> = std::iter::from_fn(|| decoder.next()).collect();
    assert_eq!(frames.iter().filter(|f| **f == Frame::Comment).count(), 5);
    assert!(matches!(frames.last(), Some(Frame::Event(e)) if e.data == "1\n2\n3\n4"));
    assert_eq!(data("data:1\n:\0\n:\ndata:2\n\n"), ["1\n2"]);
}

#[test]
fn unfinished_blocks_are_discarded() {
    assert_eq!(data("retry:1000\ndata:test1\n\nid:test\ndata:test2"), ["test1"]);
    assert_eq!(data("data:test1\n\nid:test\ndata:test2\n"), ["test1"]);
    assert_eq!(decode(b"id:a\n", 1, LIMIT), []);
}

#[test]
fn event_field_applies_to_its_block() {
    let got = events("event:test\ndata:x\n\ndata:y\n\nevent:a\nevent: b\ndata:z\n\nevent:lost\n\ndata:w\n\n");
    let names: Vec<_> = got.iter().map(|(event, data, _)| (event.as_str(), data.as_str())).collect();
    assert_eq!(names, [("test", "x"), ("message", "y"), ("b", "z"), ("message", "w")]);
    for empty in ["event: \ndata:data\n\n", "event\ndata:data\n\n"] {
        assert_eq!(events(empty)[0].0, "message");
    }
}

#[test]
fn ids_are_inherited_until_reset() {
    let got = events("id: …\ndata:1\n\ndata:2\n\nid\ndata:3\n\ndata:4\n\nid:b\ndata:5\n\nid:\ndata:6\n\n");
    let ids: Vec<_> = got.iter().map(|(_, _, id)| id.as_str()).collect();
    assert_eq!(ids, ["…", "…", "", "", "b", ""]);
}

#[test]
fn blocks_without_data_set_the_id() {
    let stream = b"id:1\n\ndata:x\n\nid\n\n\n\nevent:e\n\n";
    let frames = decode(stream, 3, LIMIT);
    assert_eq!(frames[0], Frame::Cursor("1".into()));
    assert!(matches!(&frames[1], Frame::Event(e) if e.id == "1" && !e.id_set));
    assert_eq!(frames[2..], [Frame::Cursor(String::new())]);
}

#[test]
fn an_id_with_a_nul_is_ignored() {
    for bad in ["\0\0", "x\0", "\0x", "x\0x", " \0"] {
        let got = events(format!("id:ok\nid:{bad}\ndata:1\n\nid:{bad}\ndata:2\n\n"));
        assert!(got.iter().all(|(_, _, id)| id == "ok"), "{bad:?}");
    }
}

fn retries(stream: &str) -> Vec<u64> {
    let pick = |frame| match frame {
        Frame::Retry(delay) => Some(u64::try_from(delay.as_millis()).unwrap()),
        _ => None,
    };
    decode(stream.as_bytes(), 1, LIMIT).into_iter().filter_map(pick).collect()
}

#[test]
fn retry_accepts_ascii_digits_only() {
    assert_eq!(retries("retry:03000\nretry: 5\n"), [3000, 5]);
    assert_eq!(
        retries("retry:3000\nretry:1000x\nretry:-1\nretry:1.5\nretry:+1\nretry:1 \nretry:１\n"),
        [3000]
    );
    assert_eq!(retries("retry\nretry:\nretry: \ndata:test\n\n"), [0; 0]);
    assert_eq!(retries(&format!("retry:{}\n", "9".repeat(40))), [u64::MAX]);
    assert_eq!(data("retry:3000\nretry:x\ndata:x\n\n"), ["x"]);
}

#[test]
fn final_carriage_return_ends_the_block() {
    let mut decoder = Decoder::new(LIMIT);
    decoder.push(b"data:1\r\r");
    assert!(matches!(decoder.next(), Some(Frame::Event(_))));
    decoder.push(b"\ndata:2\r");
    assert_eq!(decoder.next(), None);
    decoder.push(b"\n\r");
    assert!(matches!(decoder.next(), Some(Frame::Event(e)) if e.data == "2"));
}

#[test]
fn invalid_utf8_is_replaced() {
    assert_eq!(data("data:ok…\n\n"), ["ok…"]);
    assert_eq!(data(b"data:\xff|\xe2\x80|\xf0\x9f\x98|\xed\xa0\x80|\xc0\xaf\n\n"), ["�|�|�|���|��"]);
    assert_eq!(data(b"data:cut\xe2\ndata:\x80\xa6\n\n"), ["cut�\n��"]);
    assert_eq!(events(b"event:\xff\nid:\xfe\ndata:x\n\n"), [("�".into(), "x".into(), "�".into())]);
}

#[test]
fn request_id_applies_to_its_block() {
    let frames = decode(b"request-id: req_1\ndata:x\n\ndata:y\n\n", 1, LIMIT);
    let ids: Vec<_> = frames
        .iter()
        .map(|f| match f {
            Frame::Event(e) => e.request_id.as_deref(),
            _ => None,
        })
        .collect();
    assert_eq!(ids, [Some("req_1"), None]);
}

/// Streams of relevant parts with some noise.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"data",
        b"id",
        b"event",
        b"retry",
        b"request-id",
        b":",
        b": ",
        b" ",
        b"\n",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\xEF",
        b"\xff",
        "…".as_bytes(),
        b"\xe2\x80",
        b"12",
        b"x",
        b"data:a\n",
        b"id:7\n",
        b"abcdefgh",
    ];
    let piece = prop_oneof![
        9 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn agrees_with_the_reference(stream in stream()) {
        prop_assert_eq!(decode(&stream, stream.len(), LIMIT), reference::decode(&stream));
    }

    #[test]
    fn frames_do_not_depend_on_chunks(stream in stream(), sizes in proptest::collection::vec(1_usize..9, 1..20), limit in 0_usize..40) {
        let mut decoder = Decoder::new(limit);
        let mut frames = Vec::new();
        let mut rest = &stream[..];
        for size in sizes.iter().cycle() {
            let (chunk, tail) = rest.split_at((*size).min(rest.len()));
            decoder.push(chunk);
            frames.extend(std::iter::from_fn(|| decoder.next()));
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        frames.extend(decoder.finish());
        prop_assert_eq!(frames, decode(&stream, stream.len(), limit));
    }
}
