//! The 35 documented event types in their 7 categories.

use std::fmt;

use Category::{Articles, Community, Customers, Gamification, Surveys, Team, Tickets};
use Payload::{Documented, Modelled, Partial};

/// A category of event types (documented).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Tickets and their messages.
    Tickets,
    /// Customers and customer groups.
    Customers,
    /// Library articles.
    Articles,
    /// Preferences of the team and its agents.
    Team,
    /// Bosses, players, and messages between players.
    Gamification,
    /// Community posts.
    Community,
    /// Satisfaction surveys.
    Surveys,
}

impl Category {
    /// Every category, in catalogue order.
    pub const ALL: [Category; 7] = [Tickets, Customers, Articles, Team, Gamification, Community, Surveys];

    /// The lower-case name for command lines, such as `tickets` (documented; the other six are ours).
    pub fn slug(self) -> &'static str {
        match self {
            Tickets => "tickets",
            Customers => "customers",
            Articles => "articles",
            Team => "team",
            Gamification => "gamification",
            Community => "community",
            Surveys => "surveys",
        }
    }

    /// The heading, such as `Tickets` (documented).
    pub fn title(self) -> &'static str {
        match self {
            Tickets => "Tickets",
            Customers => "Customers",
            Articles => "Articles",
            Team => "Team",
            Gamification => "Gamification",
            Community => "Community",
            Surveys => "Surveys",
        }
    }

    /// The category with this [slug](Self::slug), in upper or lower case; `None` if there is none.
    pub fn parse(name: &str) -> Option<Category> {
        Self::ALL.into_iter().find(|category| category.slug().eq_ignore_ascii_case(name.trim()))
    }

    /// The event types of the category, in catalogue order.
    pub fn event_types(self) -> impl Iterator<Item = &'static EventType> {
        CATALOGUE.iter().filter(move |event_type| event_type.category == self)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// How far cStar documents the `data` of an event type, and so how reliable a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payload {
    /// The members and their types are documented.
    Documented,
    /// Documented in part, or for an older payload version; the rest follows the documented REST fields.
    Partial,
    /// Not documented: ours, modelled on the documented REST fields in snake case.
    Modelled,
}

impl Payload {
    /// `documented`, `partial` or `modelled`.
    pub fn label(self) -> &'static str {
        match self {
            Documented => "documented",
            Partial => "partial",
            Modelled => "modelled",
        }
    }
}

/// An event type of the catalogue.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// The name, `<resource>.<action>`, such as `ticket.created` (documented).
    pub name: &'static str,
    /// The category of the type (documented).
    pub category: Category,
    /// When cStar emits the event: a sentence without a capital and a full stop (ours).
    pub description: &'static str,
    /// How far the shape of `data` is documented.
    pub payload: Payload,
    /// The `data` of a sample, with placeholders.
    pub(super) template: &'static str,
}

impl EventType {
    /// The part of the name before the dot, which is also the member of a sample's `data` that contains the resource.
    pub fn resource(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(resource, _)| resource)
    }

    /// The part of the name after the dot.
    pub fn action(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(_, action)| action)
    }
}

impl fmt::Debug for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventType")
            .field("name", &self.name)
            .field("category", &self.category)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

/// The 35 documented event types, in the documented order.
pub fn catalogue() -> &'static [EventType] {
    CATALOGUE
}

/// The event type with exactly this name.
pub fn find(name: &str) -> Option<&'static EventType> {
    CATALOGUE.iter().find(|event_type| event_type.name == name)
}

macro_rules! catalogue {
    ($($name:literal $category:ident $payload:ident $description:literal,)*) => {
        &[$(EventType {
            name: $name,
            category: $category,
            description: $description,
            payload: $payload,
            template: include_str!(concat!("templates/", $name, ".json")),
        }),*]
    };
}

// documented: names, order and categories. ours: the descriptions, and the `data` of `Modelled` types.
static CATALOGUE: &[EventType] = catalogue![
    "ticket.created" Tickets Documented "a customer or an agent opened a ticket, over any channel",
    "ticket.updated" Tickets Partial "a ticket's fields changed; `changes` holds the old and the new values",
    "ticket.closed" Tickets Partial "a ticket was resolved or closed",
    "ticket.message_added" Tickets Modelled "someone wrote in a ticket's thread",
    "ticket.deleted" Tickets Modelled "a ticket was removed",
    "ticket.assigned" Tickets Modelled "a ticket was given to an agent",
    "customer.created" Customers Modelled "a new customer record exists",
    "customer.updated" Customers Modelled "a customer's details changed",
    "customer.deleted" Customers Modelled "a customer record was removed",
    "customer_group.created" Customers Modelled "a new customer group exists",
    "customer_group.updated" Customers Modelled "a customer group's details changed",
    "customer_group.deleted" Customers Modelled "a customer group was removed",
    "article.created" Articles Modelled "a library article was written",
    "article.published" Articles Modelled "an article went live in the public library",
    "article.updated" Articles Modelled "an article's text or details changed",
    "article.deleted" Articles Modelled "an article was removed from the library",
    "team.preferences_updated" Team Modelled "the team's preferences changed",
    "agent.preferences_updated" Team Modelled "an agent changed their preferences",
    "boss.spawned" Gamification Modelled "a boss turned up for the team to fight",
    "boss.damaged" Gamification Modelled "a player's work hit the boss",
    "boss.defeated" Gamification Modelled "the team brought a boss down",
    "player.level_up" Gamification Modelled "a player rose to the next level",
    "player.achievement_unlocked" Gamification Modelled "a player earned an achievement",
    "player.xp_gained" Gamification Modelled "a player earned experience points",
    "player.quest_completed" Gamification Modelled "a player finished a quest",
    "player.streak_milestone" Gamification Modelled "a player's streak reached a milestone",
    "social.one_up_sent" Gamification Modelled "a player gave a teammate a one-up",
    "social.high_five_sent" Gamification Modelled "a player gave a teammate a high five",
    "community_post.created" Community Modelled "someone posted in the community",
    "community_post.updated" Community Modelled "a community post was edited",
    "community_post.status_changed" Community Modelled "a community post moved to another status",
    "community_post.commented" Community Modelled "someone commented on a community post",
    "community_post.deleted" Community Modelled "a community post was removed",
    "community_post.voted" Community Modelled "someone voted for a community post",
    "survey.submitted" Surveys Modelled "a customer answered a satisfaction survey",
];

#[cfg(test)]
mod tests;
