//! Project files: where they are found, what they may say, and what makes them refused.
