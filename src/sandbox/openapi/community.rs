//! The operations on the comments on community posts and the votes for them (ours).

use super::fields;
use super::operation::{Key, Operation, Parameter, Payload};
use super::resources::deleted;
use super::schema::{Schema, Source};
use crate::sandbox::model::community_posts::COMMUNITY_POSTS;
use crate::sandbox::model::community_replies::{COMMENTS, VOTES};

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Community posts", summary).ours().takes(fields::by_id(&COMMUNITY_POSTS))
}

fn comment_view() -> Schema {
    let comment = Schema::object(fields::members(&COMMENTS, &[]));
    comment.with(Source::KEYWORD, Source::Ours.as_str()).named("Comment")
}

/// `GET …/community/posts/{id}/comments`.
pub(crate) fn comments() -> Operation {
    operation("listComments", "List the comments on a post").answers(
        200,
        "All comments, the oldest first",
        Payload::Data(Schema::list(comment_view())),
    )
}

/// `POST …/community/posts/{id}/comments`.
pub(crate) fn comment() -> Operation {
    operation("createComment", "Comment on a post")
        .key(Key::Secret)
        .body(fields::creation(&COMMENTS))
        .once()
        .answers(201, "The new comment", Payload::Data(comment_view()))
}

/// `DELETE …/community/posts/{id}/comments/{comment}`.
pub(crate) fn delete_comment() -> Operation {
    operation("deleteComment", "Delete a comment")
        .key(Key::Secret)
        .takes(Parameter::path("comment", Schema::string(), "The id of the comment."))
        .answers(200, "The comment is deleted", Payload::Data(deleted()))
}

/// `POST …/community/posts/{id}/vote`.
pub(crate) fn vote() -> Operation {
    operation("votePost", "Vote for a post")
        .described("Each voter has one vote: a second one changes nothing.")
        .key(Key::Secret)
        .body(fields::creation(&VOTES))
        .body_is_optional()
        .once()
        .answers(200, "The post", Payload::Data(fields::view(&COMMUNITY_POSTS)))
}

/// `DELETE …/community/posts/{id}/vote`.
pub(crate) fn unvote() -> Operation {
    let voter = "A customer or a member. The default is the first member.";
    operation("unvotePost", "Take a vote back")
        .key(Key::Secret)
        .takes(Parameter::query("voter_id", Schema::string(), voter))
        .answers(200, "The post", Payload::Data(fields::view(&COMMUNITY_POSTS)))
}
