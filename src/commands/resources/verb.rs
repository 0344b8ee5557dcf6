//! The commands below a resource, such as `list`.

/// What a resource command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    List,
    Get,
    Create,
    Update,
    Close,
    Delete,
    Reply,
    Messages,
}

impl Verb {
    pub(super) const ALL: [Self; 8] = [
        Self::List,
        Self::Get,
        Self::Create,
        Self::Update,
        Self::Close,
        Self::Delete,
        Self::Reply,
        Self::Messages,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Close => "close",
            Self::Delete => "delete",
            Self::Reply => "reply",
            Self::Messages => "messages",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name() == name)
    }
}
