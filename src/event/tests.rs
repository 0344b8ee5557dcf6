//! Tests of the event room.
