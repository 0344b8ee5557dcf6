//! The operation that counts tickets and customers.

use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Schema, Source, member};
use crate::sandbox::model::analytics::{DEFAULT_PERIOD, MARKER, PERIODS};

/// `GET …/analytics/overview`.
pub(crate) fn overview() -> Operation {
    let counts =
        |names: [&'static str; 3]| Schema::object(names.map(|name| member(name, Schema::count_from(0))));
    let periods = PERIODS.map(|(name, _)| name);
    let csat = Schema::object([
        member("average", Schema::number()),
        member("totalResponses", Schema::count_from(0)),
    ]);
    let overview = Schema::object([
        member("object", Schema::constant(MARKER)),
        member("period", Schema::choice(&periods)),
        member("tickets", counts(["total", "open", "resolved"])),
        member("customers", counts(["total", "active", "new"])),
        member("csat", csat),
    ]);
    let overview = overview.with(Source::KEYWORD, Source::Documented.as_str());
    let period = Schema::choice(&periods).with("default", DEFAULT_PERIOD);
    Operation::new("getAnalyticsOverview", "Analytics", "Count tickets and customers")
        .described(
            "Ours: the tickets are those that were created in the period, with their present status. Of the customers \
             only `new` depends on the period. A period ends today (UTC). `csat` is always 0: what a survey response holds is published nowhere.",
        )
        .key(Key::Secret)
        .takes(Parameter::query("period", period, "Which days to count: `week` is the last seven."))
        .answers(200, "The counts", Payload::Data(overview.named("AnalyticsOverview")))
}
