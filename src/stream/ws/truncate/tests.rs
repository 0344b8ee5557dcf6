//! Truncation of streams with any chunk size.

use proptest::prelude::*;
use tokio::io::AsyncReadExt;

use super::*;

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        length @ 0..=125 => out.push(length as u8),
        length @ 126..=0xffff => {
            out.push(126);
            out.extend((length as u16).to_be_bytes());
        }
        length => {
            out.push(127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend(payload);
    out
}

/// The bytes that pass, and the truncated messages.
async fn truncated(bytes: &[u8], limit: u64, step: usize) -> (Vec<u8>, Vec<(u64, u64)>) {
    let (near, mut far) = tokio::io::duplex(step.max(1));
    let bytes = bytes.to_vec();
    // In its own task, because it may run longer than the reader.
    tokio::spawn(async move {
        let _ = tokio::io::AsyncWriteExt::write_all(&mut far, &bytes).await;
    });
    let mut sieve = TruncatingReader::new(near, limit);
    let mut out = Vec::new();
    let mut part = vec![0; step.max(1)];
    while let Ok(count @ 1..) = sieve.read(&mut part).await {
        out.extend(&part[..count]);
    }
    (out, sieve.frames.cut.into())
}

#[tokio::test]
async fn whole_messages_pass_as_binary() {
    let bytes =
        [frame(0x81, b"one"), frame(0x89, b"ping"), frame(0x82, &[b'x'; 300]), frame(0x88, b"")].concat();
    let expected =
        [frame(0x82, b"one"), frame(0x89, b"ping"), frame(0x82, &[b'x'; 300]), frame(0x88, b"")].concat();
    for step in [1, 2, 7, 100_000] {
        assert_eq!(truncated(&bytes, 300, step).await, (expected.clone(), vec![]), "{step}");
    }
}

#[tokio::test]
async fn large_frames_are_truncated() {
    let large: Vec<u8> = (0..100_000).map(|n| n as u8).collect();
    let bytes = [frame(0x81, b"before"), frame(0x81, &large), frame(0x81, b"after")].concat();
    let mut cut = vec![0x82, 126, 4, 0];
    cut.extend(&large[..1024]);
    let expected = [frame(0x82, b"before"), cut, frame(0x82, b"after")].concat();
    for step in [1, 5000, 1_000_000] {
        assert_eq!(truncated(&bytes, 99_999, step).await, (expected.clone(), vec![(1, 100_000)]), "{step}");
    }
    assert_eq!(truncated(&bytes, 100_000, 5000).await.1, [], "the limit itself is allowed");
}

#[tokio::test]
async fn fragmented_messages_end_at_the_limit() {
    let fragments = [
        frame(0x01, b"aaaa"),
        frame(0x89, b"p"),
        frame(0x00, b"bbbb"),
        frame(0x00, b"cccc"),
        frame(0x89, b"q"),
    ];
    let bytes = [fragments.concat(), frame(0x80, b"dddd"), frame(0x81, b"after")].concat();
    let kept =
        [frame(0x02, b"aaaa"), frame(0x89, b"p"), frame(0x00, b"bbbb"), vec![0x80, 126, 0, 0]].concat();
    let expected = [kept, frame(0x89, b"q"), frame(0x82, b"after")].concat();
    for step in [1, 3, 1000] {
        assert_eq!(truncated(&bytes, 10, step).await, (expected.clone(), vec![(0, 12)]), "{step}");
    }
}

#[tokio::test]
async fn lengths_beyond_all_limits_are_errors() {
    for length in [u64::MAX, 1 << 63, (1 << 63) | 5, 1 << 62, 1 << 40, 1 << 30, LONGEST + 1] {
        for opcode in [0x81, 0x82, 0x01, 0x89, 0x83, 0xc1] {
            let head = [&[opcode, 127][..], &length.to_be_bytes(), b"{\"kind\":"].concat();
            let bytes = [frame(0x81, b"before"), head].concat();
            let mut sieve = TruncatingReader::new(&bytes[..], 1000);
            let mut out = Vec::new();
            let error = sieve.read_to_end(&mut out).await.unwrap_err();
            assert_eq!(out, frame(0x82, b"before"), "what came before is passed on");
            assert!(error.to_string().contains(&length.to_string()), "{error}");
        }
    }
}

#[tokio::test]
async fn lengths_within_the_limit_are_skipped() {
    let bytes = [&[0x81, 127][..], &LONGEST.to_be_bytes(), b"{\"kind\":"].concat();
    let (out, cut) = truncated(&bytes, 1000, 64).await;
    let expected = [&[0x82, 126, 4, 0][..], b"{\"kind\":"].concat();
    assert_eq!((out, cut), (expected, vec![(0, LONGEST)]));
}

#[tokio::test]
async fn fragments_add_up_to_the_same_limit() {
    let part = |opcode: u8, length: u64| [&[opcode, 127][..], &length.to_be_bytes()].concat();
    let mut frames = Frames::new(1000);
    let mut judge = |bytes: Vec<u8>, length| {
        frames.head = bytes;
        frames.pass_or_skip(length);
        frames.announced
    };
    let half = LONGEST / 2;
    assert_eq!(judge(part(0x01, half), half), None);
    assert_eq!(judge(part(0x00, half), half), None);
    assert_eq!(judge(part(0x00, 1), 1), Some(LONGEST + 1));
}

#[tokio::test]
async fn invalid_frames_pass_unchanged() {
    let masked = [&[0x81, 0x83, 1, 2, 3, 4][..], b"abc"].concat();
    for bytes in [masked, frame(0xc1, b"x"), frame(0x83, b"x"), frame(0x80, b"x"), frame(0x00, b"x")] {
        let bytes = [bytes, frame(0x81, b"next")].concat();
        let (out, cut) = truncated(&bytes, 1, 1).await;
        let untouched = &bytes[..bytes.len() - 6];
        assert_eq!((&out[..untouched.len()], cut.len()), (untouched, 1), "{bytes:?}");
    }
    // A new message within an incomplete one.
    let bytes = [frame(0x01, b"a"), frame(0x81, b"b")].concat();
    assert_eq!(truncated(&bytes, 100, 1).await.0, [frame(0x02, b"a"), frame(0x81, b"b")].concat());
}

proptest! {
    #[test]
    fn output_does_not_depend_on_chunks(
        bytes in proptest::collection::vec(prop_oneof![Just(0x81_u8), Just(0x01), Just(0x00), Just(0x7e), any::<u8>()], 0..400),
        limit in 0_u64..200,
        step in 1_usize..50,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let whole = runtime.block_on(truncated(&bytes, limit, 100_000));
        let pieces = runtime.block_on(truncated(&bytes, limit, step));
        prop_assert_eq!(&whole, &pieces);
        prop_assert!(whole.0.len() <= bytes.len() + 4 * whole.1.len());
    }
}
