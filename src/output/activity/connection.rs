//! Decides which lines about the connection are shown. A server that keeps ending sessions for the same reason would
//! fill the screen, so after a few times both the interruption and the reconnection are hidden, unless events may have
//! been missed.

use jiff::Timestamp;

/// A disconnection for the same reason is shown again after this many seconds. A long outage has a line of its own.
const SAME_DISCONNECT: i64 = 45;

/// How often it is shown within that time, if there was a session in between.
const REPETITIONS: u32 = 2;

#[derive(Debug, Default)]
pub(super) struct ConnectionLines {
    /// The last disconnection, shown or not.
    last: Option<(Timestamp, String)>,
    /// How often it was shown again.
    repeated: u32,
    /// Whether a shown line says that the connection is down.
    said_down: bool,
    /// The disconnection that was not shown.
    quiet_down: Option<String>,
    /// The reconnection after it.
    quiet_up: Option<String>,
}

impl ConnectionLines {
    /// The first session has begun: starts over.
    pub(super) fn ready(&mut self) {
        *self = Self::default();
    }

    /// The connection was lost or failed; `line` says so.
    pub(super) fn disconnected(&mut self, at: Timestamp, reason: &str, line: String) -> Option<String> {
        if self.quiet_up.take().is_some() {
            self.quiet_down = None;
        }
        let lately = self.last.as_ref().is_some_and(|(when, what)| {
            what == reason && at.as_second() - when.as_second() < SAME_DISCONNECT
        });
        self.last = Some((at, reason.to_owned()));
        if lately && self.said_down {
            return None;
        }
        if lately && (self.repeated >= REPETITIONS || self.quiet_down.is_some()) {
            self.quiet_down.get_or_insert(line);
            return None;
        }
        self.repeated = if lately { self.repeated + 1 } else { 0 };
        self.down();
        Some(line)
    }

    /// Another line says that there is no connection.
    pub(super) fn down(&mut self) {
        (self.said_down, self.quiet_down) = (true, None);
    }

    /// Reconnected; `line` says so.
    pub(super) fn reconnected(&mut self, line: String) -> Option<String> {
        if std::mem::take(&mut self.said_down) {
            return Some(line);
        }
        self.quiet_up = Some(line);
        None
    }

    /// Events may have been missed: first shows the hidden lines of the interruption.
    pub(super) fn gap(&mut self, line: String) -> Vec<String> {
        [self.quiet_down.take(), self.quiet_up.take(), Some(line)].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn down(lines: &mut ConnectionLines, second: i64, reason: &str) -> Option<String> {
        lines.disconnected(at(second), reason, format!("down {second}"))
    }

    fn up(lines: &mut ConnectionLines, second: i64) -> Option<String> {
        lines.reconnected(format!("up {second}"))
    }

    /// Interruptions for the same reason until the next one is quiet.
    fn repeat_until_quiet(lines: &mut ConnectionLines) {
        for second in 0..=i64::from(REPETITIONS) {
            assert_eq!(down(lines, second, "ended"), Some(format!("down {second}")));
            assert_eq!(up(lines, second), Some(format!("up {second}")));
        }
    }

    #[test]
    fn quick_repetitions_print_nothing() {
        let mut lines = ConnectionLines::default();
        lines.ready();
        repeat_until_quiet(&mut lines);
        for second in [10, 20, 30] {
            assert_eq!((down(&mut lines, second, "ended"), up(&mut lines, second + 1)), (None, None));
        }
        assert_eq!(down(&mut lines, 40, "reset").as_deref(), Some("down 40"), "another reason");
        assert_eq!(up(&mut lines, 41).as_deref(), Some("up 41"));
        assert_eq!(down(&mut lines, 85, "reset").as_deref(), Some("down 85"), "long ago");
        assert_eq!(up(&mut lines, 86).as_deref(), Some("up 86"));
    }

    #[test]
    fn gap_prints_the_withheld_lines() {
        let mut lines = ConnectionLines::default();
        repeat_until_quiet(&mut lines);
        assert_eq!(lines.gap("gap 1".to_owned()), ["gap 1"]);
        down(&mut lines, 12, "ended");
        down(&mut lines, 13, "ended");
        up(&mut lines, 14);
        assert_eq!(lines.gap("gap 14".to_owned()), ["down 12", "up 14", "gap 14"]);
        down(&mut lines, 15, "ended");
        up(&mut lines, 16);
        down(&mut lines, 17, "ended");
        up(&mut lines, 18);
        assert_eq!(lines.gap("gap 18".to_owned()), ["down 17", "up 18", "gap 18"]);
    }

    #[test]
    fn printed_outage_has_a_printed_end() {
        let mut lines = ConnectionLines::default();
        assert!(down(&mut lines, 0, "refused").is_some());
        for second in 1..40 {
            assert_eq!(down(&mut lines, second, "refused"), None);
        }
        assert!(up(&mut lines, 40).is_some());
        let mut lines = ConnectionLines::default();
        repeat_until_quiet(&mut lines);
        assert_eq!(down(&mut lines, 3, "ended"), None);
        // The line of a long outage.
        lines.down();
        assert_eq!(down(&mut lines, 34, "ended"), None);
        assert_eq!(up(&mut lines, 40).as_deref(), Some("up 40"));
        assert_eq!(lines.gap("gap 40".to_owned()), ["gap 40"]);
    }

    #[test]
    fn first_session_resets_the_lines() {
        let mut lines = ConnectionLines::default();
        repeat_until_quiet(&mut lines);
        lines.ready();
        repeat_until_quiet(&mut lines);
    }
}
