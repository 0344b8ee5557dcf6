//! A growing list that is read from a position, such as a log.

/// A position in a log.
pub(crate) trait Source: Send + 'static {
    type Item: Clone + Send;

    fn step(&mut self) -> Step<Self::Item>;

    /// Waits until items were added since the last step.
    fn changed(&mut self) -> impl Future<Output = ()> + Send;
}

/// What a source finds at its position.
#[derive(Debug)]
pub(crate) enum Step<T> {
    Item(T),
    /// No more items for now.
    Idle,
    /// The next item was dropped from the log.
    Overtaken,
}
