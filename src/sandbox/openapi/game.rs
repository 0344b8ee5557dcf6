//! The operation that shows a member as a player.

use super::operation::{Operation, Parameter, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::player::MARKER;

/// `GET …/game/player`.
pub(crate) fn player() -> Operation {
    let count = || Schema::count_from(0);
    let counts = |names: &[&'static str]| Schema::object(names.iter().map(|name| member(name, count())));
    let season = Schema::object([
        member("id", Schema::string()),
        member("name", Schema::string()),
        member("endsAt", Schema::time()),
    ]);
    let cosmetics = Schema::object(
        ["avatarFrame", "victoryMessage"].map(|name| member(name, Schema::string().or_null())),
    );
    let stats = ["ticketsClosed", "bossesDefeated", "finalBlows", "achievementsUnlocked", "questsCompleted"];
    let head = [
        member("object", Schema::constant(MARKER)),
        member("memberId", Schema::string()),
        member("name", Schema::string()),
        member("avatarUrl", Schema::string().or_null()),
        member("season", season),
    ];
    let numbers = [
        "level",
        "xp",
        "xpToNextLevel",
        "xpInCurrentLevel",
        "xpProgress",
        "gold",
        "prestigeLevel",
        "prestigeBonus",
    ];
    let tail = [
        member("streaks", counts(&["current", "max"])),
        member("stats", counts(&stats)),
        member("skills", Schema::free_object()),
        member("availableSkillPoints", count()),
        member("totalSkillPoints", count()),
        member("cosmetics", cosmetics),
    ];
    let numbers = numbers.map(|name| member(name, Schema::number()));
    let player = Schema::object(head.into_iter().chain(numbers).chain(tail));
    let id = "The id of a user or of a member. The default is the first member.";
    Operation::new("getPlayer", "Game", "Get a member as a player")
        .described("Points, level and gold follow from the tickets that the member closed; how is ours.")
        .takes(Parameter::query("userId", Schema::string(), id))
        .refuses(404)
        .answers(
            200,
            "The player",
            Payload::Data(player.with(Source::KEYWORD, Source::Documented.as_str()).named("PlayerStats")),
        )
}
