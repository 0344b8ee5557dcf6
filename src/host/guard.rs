//! Keeps a program and everything it starts under control: what `cstar __guard` does between `cstar dev` and a server.
//!
//! The guard reads orders from its standard input. When that ends, the process at the other end has ended, however it
//! did, and the guard ends the program. So no process remains even after `kill -9` of `cstar dev`. Setting the signal
//! that a child gets when its parent dies was rejected: it needs unsafe code, and the children of the child, such as
//! those of `npm run`, do not get it.

mod order;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::io::{self, Read};
use std::process::{Command, ExitStatus};

use tokio::sync::mpsc;

use super::signals::{Interrupts, StopSignal};
use order::Order;
#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

/// The order to kill at once.
pub(crate) const KILL: u8 = b'K';

/// Runs `command` until it ends or an order ends it; then ends what it has started. The result is its exit code, or 128
/// plus the number of the signal that killed it.
pub(crate) async fn run(mut command: Command) -> io::Result<u8> {
    let interrupts = Interrupts::listen()?;
    let orders = read_orders()?;
    let status = platform::run(&mut command, orders, interrupts).await?;
    Ok(exit_code(status))
}

/// The orders on standard input, read by a thread. The channel closes at its end.
fn read_orders() -> io::Result<mpsc::Receiver<Order>> {
    let (sender, orders) = mpsc::channel(16);
    std::thread::Builder::new().name("orders".to_owned()).spawn(move || {
        let mut letter = [0];
        while io::stdin().read_exact(&mut letter).is_ok() {
            let order = match letter {
                [KILL] => Some(Order::Kill),
                [letter] => StopSignal::from_letter(letter).map(Order::Signal),
            };
            if order.is_some_and(|order| sender.blocking_send(order).is_err()) {
                return;
            }
        }
    })?;
    Ok(orders)
}

/// The code as a shell shows it. Windows has codes that do not fit: these are 1.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1))
}
