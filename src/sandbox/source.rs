//! Something that grows and is read from a position, such as a log.

/// Where the items come from: a position in something that grows.
pub(crate) trait Source: Send + 'static {
    /// What it holds.
    type Item: Clone + Send;

    /// Moves to the next item.
    fn step(&mut self) -> Step<Self::Item>;

    /// Waits until something was added since the last step.
    fn changed(&mut self) -> impl Future<Output = ()> + Send;
}

/// What a source has at its position.
#[derive(Debug)]
pub(crate) enum Step<T> {
    /// The next item.
    Item(T),
    /// Nothing more for now.
    Idle,
    /// The next item is gone.
    Overtaken,
}
