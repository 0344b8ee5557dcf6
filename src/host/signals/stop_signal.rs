//! A signal to stop, as it is passed on to another process.

/// What an interrupt of another process can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopSignal {
    Interrupt,
    Terminate,
    Quit,
    Hangup,
}

impl StopSignal {
    const ALL: [Self; 4] = [Self::Terminate, Self::Interrupt, Self::Quit, Self::Hangup];

    /// A letter for it, for a pipe between two processes.
    pub(crate) const fn letter(self) -> u8 {
        match self {
            Self::Interrupt => b'I',
            Self::Terminate => b'T',
            Self::Quit => b'Q',
            Self::Hangup => b'H',
        }
    }

    pub(crate) fn from_letter(letter: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.letter() == letter)
    }
}
