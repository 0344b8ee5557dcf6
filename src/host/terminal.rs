//! The mode of the terminal at standard input, kept to be put back.

/// The mode as it was.
#[derive(Debug)]
pub(crate) struct Mode(platform::Saved);

impl Mode {
    /// The mode as it is now.
    pub(crate) fn now() -> Self {
        Self(platform::save())
    }

    /// Puts it back, and forgets what was typed and not read: it was meant for the prompt that ended.
    pub(crate) fn restore(&self) {
        platform::restore(&self.0);
    }
}

#[cfg(unix)]
mod platform {
    use rustix::stdio::stdin;
    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    pub(super) type Saved = Option<Termios>;

    pub(super) fn save() -> Saved {
        tcgetattr(stdin()).ok()
    }

    pub(super) fn restore(saved: &Saved) {
        if let Some(mode) = saved {
            let _ = tcsetattr(stdin(), OptionalActions::Flush, mode);
        }
    }
}

#[cfg(not(unix))]
mod platform {
    //! Elsewhere nothing is changed for longer than a key.
    pub(super) type Saved = ();

    pub(super) fn save() -> Saved {}

    pub(super) fn restore((): &Saved) {}
}
