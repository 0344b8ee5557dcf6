//! The operation that counts notifications. The others follow from the table.

use super::operation::{Operation, Payload};
use super::schema::{Schema, Source, member};

/// `GET …/notifications/unread-count`.
pub(crate) fn unread_count() -> Operation {
    let count = Schema::object([member("count", Schema::count_from(0))]);
    let count = count.with(Source::KEYWORD, Source::Ours.as_str()).named("UnreadCount");
    Operation::new("countUnreadNotifications", "Notifications", "Count the unread notifications")
        .described("The path is documented, the member is ours.")
        .answers(200, "The number", Payload::Data(count))
}
