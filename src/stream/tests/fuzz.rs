//! Random event streams: no panic, and the same frames with any chunk size.

use super::frame::{Event, Message, interpret};
use super::sse::{Decoder, Frame};

/// Small, so that inputs reach it.
const LIMIT: usize = 256;

/// The first byte is the size of the chunks.
pub(crate) fn sse(data: &[u8]) {
    let Some((size, stream)) = data.split_first() else { return };
    let whole = decoded(stream, stream.len(), LIMIT);
    assert_eq!(decoded(stream, usize::from(*size), LIMIT), whole);
    for frame in whole {
        if let Frame::Event(event) = frame {
            let _ = interpret(event);
        }
    }
}

/// The events of a stream of any bytes. Their ids and types are safe in a header.
pub(crate) fn events(stream: &[u8]) -> Vec<Event> {
    let frames = decoded(stream, 1024, stream.len().max(1));
    let messages = frames.into_iter().filter_map(|frame| match frame {
        Frame::Event(event) => Some(interpret(event)),
        _ => None,
    });
    let events = messages.filter_map(|message| match message {
        Message::Event(event) => Some(event),
        _ => None,
    });
    events.collect()
}

/// All frames of `stream` when it arrives in chunks of `size` bytes.
pub(super) fn decoded(stream: &[u8], size: usize, limit: usize) -> Vec<Frame> {
    let mut decoder = Decoder::new(limit);
    let mut frames = Vec::new();
    for chunk in stream.chunks(size.max(1)) {
        decoder.push(chunk);
        frames.extend(std::iter::from_fn(|| decoder.next()));
    }
    frames.extend(decoder.finish());
    frames
}

pub(crate) use super::ws::fuzz::websocket;
