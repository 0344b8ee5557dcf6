//! Waits until the size of the terminal may have changed.

#[derive(Debug)]
pub(crate) struct Resizes(platform::Source);

impl Resizes {
    /// Must be called inside a Tokio runtime.
    pub(crate) fn listen() -> Self {
        Self(platform::Source::new())
    }

    /// Cancel safe.
    pub(crate) async fn next(&mut self) {
        self.0.next().await;
    }
}

#[cfg(unix)]
mod platform {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// `None` if the system refuses the handler.
    #[derive(Debug)]
    pub(super) struct Source(Option<Signal>);

    impl Source {
        pub(super) fn new() -> Self {
            Self(signal(SignalKind::window_change()).ok())
        }

        pub(super) async fn next(&mut self) {
            let received = match &mut self.0 {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if received.is_none() {
                std::future::pending().await
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    //! There is no signal: a caller looks at the size now and then.
    use std::time::Duration;

    const INTERVAL: Duration = Duration::from_millis(500);

    #[derive(Debug)]
    pub(super) struct Source;

    impl Source {
        pub(super) fn new() -> Self {
            Self
        }

        pub(super) async fn next(&mut self) {
            tokio::time::sleep(INTERVAL).await;
        }
    }
}
