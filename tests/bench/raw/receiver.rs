//! The developer's server: counts requests and answers 200, immediately or after a delay.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

use super::Incoming;
use super::events::number_of;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const PATIENCE: Duration = Duration::from_secs(60);
const LISTENER: u64 = 0;

#[derive(Default)]
struct Shared {
    count: AtomicUsize,
    /// The sum of all numbers received, which reveals a loss or a repetition.
    sum: AtomicUsize,
    /// When the newest request was complete, in nanoseconds since the start.
    newest: AtomicU64,
    takes_micros: AtomicU64,
    first: Mutex<Option<Vec<u8>>>,
    feed: Mutex<Option<Feed>>,
}

/// Frames that are sent one by one, each for an answer.
struct Feed {
    stream: TcpStream,
    frames: Vec<u8>,
    each: usize,
    sent: usize,
}

/// A running receiver. Its thread ends with the process.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    start: Instant,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (shared, start) = (Arc::new(Shared::default()), Instant::now());
        let mut server = Server {
            listener,
            shared: Arc::clone(&shared),
            start,
            connections: HashMap::new(),
            late: VecDeque::new(),
        };
        std::thread::spawn(move || server.serve());
        Self { port, shared, start }
    }

    /// Sets the delay of responses.
    pub(crate) fn take(&self, time: Duration) {
        self.shared.takes_micros.store(time.as_micros() as u64, Ordering::Relaxed);
    }

    /// Sends the next `each` bytes of `frames` with every answer, from the thread that answers.
    pub(crate) fn feed(&self, stream: TcpStream, frames: Vec<u8>, each: usize) {
        *self.shared.feed.lock().unwrap() = Some(Feed { stream, frames, each, sent: 0 });
    }

    pub(crate) fn count(&self) -> usize {
        self.shared.count.load(Ordering::Acquire)
    }

    /// Waits until there were `count` requests in total; returns the time of the newest.
    pub(crate) fn wait_for(&self, count: usize) -> Instant {
        let patience = Instant::now() + PATIENCE;
        while self.count() < count {
            assert!(Instant::now() < patience, "{} of {count} requests came", self.count());
            std::thread::sleep(Duration::from_millis(1));
        }
        self.newest()
    }

    pub(crate) fn newest(&self) -> Instant {
        self.start + Duration::from_nanos(self.shared.newest.load(Ordering::Acquire))
    }

    /// The sum of the numbers of every event received.
    pub(crate) fn sum(&self) -> usize {
        self.shared.sum.load(Ordering::Acquire)
    }

    /// The bytes of the first request since the last call.
    pub(crate) fn sample(&self) -> Option<Vec<u8>> {
        self.shared.first.lock().unwrap().take()
    }
}

struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
    start: Instant,
    connections: HashMap<u64, Incoming>,
    /// Responses that are not due yet, oldest first.
    late: VecDeque<(Instant, u64)>,
}

impl Server {
    fn serve(&mut self) {
        let poll = epoll::create(CreateFlags::CLOEXEC).unwrap();
        self.listener.set_nonblocking(true).unwrap();
        epoll::add(&poll, &self.listener, EventData::new_u64(LISTENER), EventFlags::IN).unwrap();
        let (mut events, mut next) = (Vec::with_capacity(256), LISTENER + 1);
        loop {
            events.clear();
            let wait = self.late.front().map(|(due, _)| due.saturating_duration_since(Instant::now()));
            let wait = wait.map(|wait| Timespec { tv_sec: 0, tv_nsec: i64::from(wait.subsec_nanos()) });
            if epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), wait.as_ref()).is_err() {
                continue;
            }
            for event in &events {
                let id = event.data.u64();
                if id != LISTENER {
                    self.read(id);
                    continue;
                }
                while let Ok((stream, _)) = self.listener.accept() {
                    stream.set_nonblocking(true).unwrap();
                    epoll::add(&poll, &stream, EventData::new_u64(next), EventFlags::IN).unwrap();
                    self.connections.insert(next, Incoming::new(stream));
                    next += 1;
                }
            }
            self.answer_late();
        }
    }

    fn read(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let (shared, start) = (&self.shared, self.start);
        let read = connection.read(|request| {
            shared.sum.fetch_add(number_of(request.body), Ordering::Relaxed);
            if shared.count.load(Ordering::Relaxed) == 0 {
                *shared.first.lock().unwrap() = Some([request.head, request.body].concat());
            }
        });
        let Some(complete) = read else {
            self.connections.remove(&id);
            return;
        };
        if complete == 0 {
            return;
        }
        let takes = Duration::from_micros(shared.takes_micros.load(Ordering::Relaxed));
        shared.newest.store(start.elapsed().as_nanos() as u64, Ordering::Release);
        shared.count.fetch_add(complete, Ordering::Release);
        if takes.is_zero() {
            for _ in 0..complete {
                answer(connection);
                feed(&mut self.shared.feed.lock().unwrap());
            }
        } else {
            self.late.push_back((Instant::now() + takes, id));
        }
    }

    fn answer_late(&mut self) {
        let now = Instant::now();
        while let Some((due, id)) = self.late.front()
            && *due <= now
        {
            if let Some(connection) = self.connections.get_mut(id) {
                answer(connection);
            }
            self.late.pop_front();
        }
    }
}

fn feed(feed: &mut Option<Feed>) {
    let Some(Feed { stream, frames, each, sent }) = feed else { return };
    let end = frames.len().min(*sent + *each);
    stream.write_all(&frames[*sent..end]).unwrap();
    *sent = end;
}

fn answer(connection: &mut Incoming) {
    // A closed connection is noticed when it is read.
    let _ = connection.stream.write_all(ANSWER);
}
