//! The limit: the same request repeated on many connections, and nothing else.

use std::net::TcpStream;
use std::time::Instant;

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

use super::{Incoming, write_all};

/// Posts `request` this many times on this many connections; returns requests per second.
pub(crate) fn post(port: u16, request: &[u8], times: usize, connections: usize) -> f64 {
    let poll = epoll::create(CreateFlags::CLOEXEC).unwrap();
    let mut open: Vec<Incoming> = (0..connections)
        .map(|id| {
            let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.set_nonblocking(true).unwrap();
            epoll::add(&poll, &stream, EventData::new_u64(id as u64), EventFlags::IN).unwrap();
            Incoming::new(stream)
        })
        .collect();
    let start = Instant::now();
    let (mut sent, mut done) = (0, 0);
    for connection in open.iter_mut().take(times) {
        write_all(&mut connection.stream, request);
        sent += 1;
    }
    let mut events = Vec::with_capacity(connections);
    while done < times {
        events.clear();
        epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), None).unwrap();
        for event in &events {
            let connection = &mut open[event.data.u64() as usize];
            let answered = connection.read(|_| {}).unwrap();
            done += answered;
            if answered > 0 && sent < times {
                write_all(&mut connection.stream, request);
                sent += 1;
            }
        }
    }
    times as f64 / start.elapsed().as_secs_f64()
}
