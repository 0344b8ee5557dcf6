//! Events that are too large, and the memory that any input uses.

use super::*;

fn oversized(bytes: usize, event: Option<&str>, id: Option<&str>) -> Frame {
    Frame::Oversized { bytes, event: event.map(Into::into), id: id.map(Into::into) }
}

#[test]
fn oversized_event_is_reported_once() {
    let stream = format!("id:1\nevent:e\ndata:{}\ndata:more\n\nid:2\ndata:ok\n\n", "x".repeat(200));
    for size in 1..=stream.len() {
        let frames = decode(stream.as_bytes(), size, 100);
        assert_eq!(frames.len(), 2, "chunks of {size}");
        assert_eq!(frames[0], oversized(4 + 7 + 205 + 9, Some("e"), Some("1")), "chunks of {size}");
        assert!(matches!(&frames[1], Frame::Event(e) if e.data == "ok" && e.id == "2"));
    }
}

#[test]
fn late_id_of_oversized_event_is_kept() {
    let stream = format!("data:{}\nid:7\n\ndata:ok\n\n", "x".repeat(200));
    let frames = decode(stream.as_bytes(), 9, 100);
    assert_eq!(frames[0], oversized(205 + 4, None, Some("7")));
    assert!(matches!(&frames[1], Frame::Event(e) if e.data == "ok" && e.id == "7"));
}

#[test]
fn limit_applies_to_the_data() {
    let event = |n: usize| decode(format!("data: {}\n\n", "x".repeat(n)).as_bytes(), 7, 100);
    assert!(matches!(&event(100)[..], [Frame::Event(e)] if e.data.len() == 100));
    assert_eq!(event(101), [oversized(107, None, None)]);
}

#[test]
fn long_comments_do_not_lose_events() {
    let stream = format!("data:1\n:{}\ndata:2\n\n", "x".repeat(500));
    for size in [1, 7, 1000] {
        let frames = decode(stream.as_bytes(), size, 100);
        assert_eq!(frames[0], Frame::Comment);
        assert!(matches!(&frames[1..], [Frame::Event(e)] if e.data == "1\n2"));
    }
}

#[test]
fn replacements_count_towards_the_limit() {
    let mut stream = b"data:".to_vec();
    stream.extend([0xff; 90]);
    stream.extend(b"\n\ndata:ok\n\n");
    let frames = decode(&stream, 10, 100);
    assert_eq!(frames[0], oversized(95, None, None));
    assert!(matches!(&frames[1], Frame::Event(e) if e.data == "ok"));
}

#[test]
fn oversized_event_is_reported_at_the_end() {
    assert_eq!(decode(&[b'x'; 300], 10, 100), [oversized(300, None, None)]);
    assert_eq!(decode("data:xxxxxxxxx\n".repeat(30).as_bytes(), 10, 100), [oversized(420, None, None)]);
    let comment = format!(":{}", "x".repeat(300));
    assert_eq!(decode(comment.as_bytes(), 10, 100), []);
}

fn assert_bounded(chunk: &[u8]) {
    const SMALL: usize = 64 * 1024;
    let mut decoder = Decoder::new(SMALL);
    for _ in 0..100 {
        decoder.push(chunk);
        while decoder.next().is_some() {}
        let held = decoder.lines.capacity() + decoder.block.data.capacity() + decoder.block.held();
        assert!(held <= 4 * SMALL + 2 * chunk.len(), "{held} bytes held");
    }
}

#[test]
fn endless_input_uses_bounded_memory() {
    for line in [
        "x",
        "data:x",
        "data:x\n",
        "data\n",
        "id:x\n",
        "event:",
        "event:xx\n",
        ": x",
        "x\n",
        "request-id:x",
        "\r",
        "id:1\n\n",
    ] {
        assert_bounded(line.repeat(4096).as_bytes());
    }
}

#[test]
fn large_lines_take_linear_time() {
    let mut decoder = Decoder::new(LIMIT * 4);
    decoder.push(b"data:");
    for _ in 0..(LIMIT / 8) {
        decoder.push(b"12345678");
        assert_eq!(decoder.next(), None);
    }
    decoder.push(b"\n\n");
    assert!(matches!(decoder.next(), Some(Frame::Event(e)) if e.data.len() == LIMIT));
}
