//! A naive decoder that follows the text of the standard step by step on the whole stream at once.

use std::time::Duration;

use bytes::Bytes;

use crate::stream::sse::{EventFrame, Frame};

pub(super) fn decode(stream: &[u8]) -> Vec<Frame> {
    let text = String::from_utf8_lossy(stream);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop(); // The text after the last line end is not a line.

    let (mut data, mut event, mut request_id) = (String::new(), String::new(), None);
    let (mut id_buffer, mut id_set) = (String::new(), false);
    let mut frames = Vec::new();
    for line in lines {
        if line.is_empty() {
            if let Some(text) = data.strip_suffix('\n') {
                frames.push(Frame::Event(EventFrame {
                    id: id_buffer.clone(),
                    id_set,
                    event: if event.is_empty() { "message".into() } else { event.clone() },
                    data: Bytes::copy_from_slice(text.as_bytes()),
                    request_id,
                }));
            } else if id_set {
                frames.push(Frame::Cursor(id_buffer.clone()));
            }
            (data, event, request_id, id_set) = (String::new(), String::new(), None, false);
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" => frames.push(Frame::Comment),
            "data" => data = data + value + "\n",
            "event" => event = value.into(),
            "request-id" => request_id = Some(value.into()),
            "id" if !value.contains('\0') => (id_buffer, id_set) = (value.into(), true),
            "retry" if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                frames.push(Frame::Retry(Duration::from_millis(value.parse().unwrap_or(u64::MAX))));
            }
            _ => {}
        }
    }
    frames
}
