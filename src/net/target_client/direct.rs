//! An exchange over plain HTTP without hyper: one write and one read, which is enough for an ordinary delivery and saves
//! a seventh of its processor time. Whatever else happens, hyper takes over the connection.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::ready;

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

use super::handover::Progress;
use super::ordinary_answer;
use super::request::PostRequest;
use super::response::Answer;

/// A longer answer is for hyper.
const LONGEST_ANSWER: usize = 4096;

/// Whether the connection is open, and the server sent nothing that no request asked for: the next request would take
/// that as its answer. tokio knows only what its driver has seen, so the system is asked.
#[cfg(unix)]
pub(super) fn is_idle(stream: &TcpStream) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    poll(&mut [PollFd::new(stream, PollFlags::IN)], Some(&Timespec::default())) == Ok(0)
}

#[cfg(not(unix))]
pub(super) fn is_idle(stream: &TcpStream) -> bool {
    stream.try_read(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Writes a request and returns its length, or how far it came if it could not be written at once.
pub(super) fn write(stream: &TcpStream, request: &PostRequest<'_>) -> Result<usize, Progress> {
    let Some(head) = request.head() else { return Err(Progress::default()) };
    let length = head.len() + request.body.len();
    match stream.try_write_vectored(&[IoSlice::new(&head), IoSlice::new(&request.body)]) {
        Ok(written) if written == length => Ok(written),
        Ok(written) => Err(Progress { written, ..Progress::default() }),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(Progress::default()),
        Err(error) => Err(Progress { write_error: Some(error), ..Progress::default() }),
    }
}

/// Reads the answer to a request of `written` bytes.
pub(super) async fn read(stream: &mut TcpStream, written: usize) -> Result<Answer, Progress> {
    poll_fn(|context| {
        let mut space = [MaybeUninit::uninit(); LONGEST_ANSWER];
        let mut buffer = ReadBuf::uninit(&mut space);
        let result = ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer));
        let read = buffer.filled();
        ordinary_answer::parse(read)
            .ok_or_else(|| Progress {
                written,
                read: Bytes::copy_from_slice(read),
                read_error: result.err(),
                ..Progress::default()
            })
            .into()
    })
    .await
}
