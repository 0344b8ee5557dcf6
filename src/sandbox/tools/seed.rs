//! Seeds a sandbox with realistic data: three months of customers and tickets, a library and a community.
//!
//! Equal seeds on equal states give equal bytes, and a repeated plan changes nothing. The data is created in the order
//! of its times, with the operations that the API uses.

mod objects;
mod words;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::objects::{create, library, object};
use crate::sandbox::caller::Environment;
use crate::sandbox::http::error::ApiError;
use crate::sandbox::model::customers::CUSTOMERS;
use crate::sandbox::model::tickets::TICKETS;
use crate::sandbox::model::{operations, ticket_messages};
use crate::sandbox::request_meta::RequestMeta;
use crate::sandbox::rng::SeededRng;
use crate::sandbox::store::Store;
use crate::sandbox::store::change::{Change, Events, Ids};
use crate::sandbox::store::object::{Object, Order, Selection};
use crate::sandbox::store::uuid::Uuid;

/// The last time: 2026-03-01T00:00:00Z. With the present time, no two days would give the same bytes.
const END: i64 = 1_772_323_200;
/// 90 days in seconds.
const SPAN: u64 = 90 * 24 * 3600;
/// The number of steps whose ids come from one seed.
const BATCH: usize = 2_000;
/// Batches per transaction: many are faster, but a transaction keeps its events in memory.
const BATCHES_WITH_EVENTS: usize = 1;
const BATCHES: usize = 25;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) environment: Environment,
    pub(crate) customers: u32,
    pub(crate) tickets: u32,
    pub(crate) seed: u64,
    pub(crate) events: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Library,
    Customer,
    /// By the number of the ticket.
    Open(usize),
    Answer(usize),
    Resolve(usize),
}

/// Carries out a plan and reports the done and total steps to `progress`. Returns false, without a change, if the same
/// plan was carried out before. Fails when the store cannot be written. Earlier batches are kept.
pub(crate) fn seed_store(
    store: &Store,
    plan: &Plan,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<bool, ApiError> {
    let mark = format!("seed {} {} {}", plan.seed, plan.customers, plan.tickets);
    let counters = store.read(plan.environment, |tables| tables.counters())?;
    if counters.iter().any(|(name, _)| *name == mark) {
        return Ok(false);
    }
    let mut seeder = Seeder::new(store, plan)?;
    let schedule = seeder.schedule();
    let (mut done, total) = (0, schedule.len() as u64);
    if schedule.len() > BATCH {
        store.expect_much().map_err(ApiError::from)?;
    }
    let batches = if plan.events { BATCHES_WITH_EVENTS } else { BATCHES };
    for batches in schedule.chunks(BATCH * batches) {
        let request_id = format!("req_seed{:08x}", plan.seed & 0xffff_ffff);
        let meta = RequestMeta::of(request_id, Timestamp::UNIX_EPOCH);
        store.write(plan.environment, &meta, |change| {
            change.events = if plan.events { Events::Emit } else { Events::Suppress };
            for batch in batches.chunks(BATCH) {
                change.ids = Ids::Seeded(seeder.rng.clone());
                for (time, step) in batch {
                    change.meta.time = Timestamp::from_second(*time).unwrap_or(Timestamp::UNIX_EPOCH);
                    seeder.run(change, *step)?;
                    done += 1;
                    progress(done, total);
                }
                if done == total {
                    change.set_counter(&mark, 1)?;
                }
                // ids and words have separate seeds, so that one does not affect the other
                seeder.rng = SeededRng::new(seeder.rng.next());
            }
            Ok::<_, ApiError>(())
        })?;
    }
    Ok(true)
}

struct Seeder {
    plan: Plan,
    /// For ids.
    rng: SeededRng,
    /// For everything else.
    words: SeededRng,
    customers: Vec<Uuid>,
    tickets: Vec<Option<Uuid>>,
}

impl Seeder {
    fn new(store: &Store, plan: &Plan) -> Result<Self, ApiError> {
        let existing = store.read(plan.environment, |tables| {
            let all = |kind| Selection::first(kind, Order::Newest, 0);
            let (_, tickets) = tables.select(&all(TICKETS.kind))?;
            let (_, customers) = tables.select(&all(CUSTOMERS.kind))?;
            Ok::<_, rusqlite::Error>(tickets.wrapping_mul(0x1_0000_0001).wrapping_add(customers))
        })?;
        // depends on the existing objects: a second plan with the same seed would create the same ids
        let mut words = SeededRng::new(plan.seed ^ existing.rotate_left(32));
        let rng = SeededRng::new(words.next());
        let tickets = vec![None; usize::try_from(plan.tickets).unwrap_or_default()];
        Ok(Self { plan: *plan, rng, words, customers: Vec::new(), tickets })
    }

    /// All steps, sorted by time.
    fn schedule(&mut self) -> Vec<(i64, Step)> {
        let begin = END - SPAN.cast_signed();
        let mut steps = vec![(begin, Step::Library)];
        for number in 0..self.plan.customers {
            // a third of the customers exist from the beginning
            let late = if number % 3 == 0 { 0 } else { self.words.below(SPAN / 2) };
            steps.push((begin + late.cast_signed(), Step::Customer));
        }
        for number in 0..self.tickets.len() {
            let opened = begin + self.words.below(SPAN - 3600).cast_signed();
            steps.push((opened, Step::Open(number)));
            let age = END - opened;
            let mut later = |share, longest: u64, step| {
                let after = 300 + self.words.below(longest).cast_signed();
                if self.words.percent(share) && after < age {
                    steps.push((opened + after, step));
                }
            };
            later(70, 8 * 3600, Step::Answer(number));
            later(80, 12 * 24 * 3600, Step::Resolve(number));
        }
        steps.sort_unstable();
        steps
    }

    fn run(&mut self, change: &mut Change<'_>, step: Step) -> Result<(), ApiError> {
        match step {
            Step::Library => library(change),
            Step::Customer => self.customer(change),
            Step::Open(number) => self.open(change, number),
            Step::Answer(number) => self.answer(change, number),
            Step::Resolve(number) => self.resolve(change, number),
        }
    }

    fn customer(&mut self, change: &mut Change<'_>) -> Result<(), ApiError> {
        let words = &mut self.words;
        let (first, last) = (words.pick(words::FIRST_NAMES), words.pick(words::LAST_NAMES));
        // with a number, because names repeat
        let email = format!("{first}.{last}.{:x}@example.com", words.below(1 << 32)).to_lowercase();
        let sentiment =
            words.pick(&["happy", "happy", "neutral", "neutral", "neutral", "frustrated", "angry"]);
        let tags =
            if words.percent(25) { vec![words.pick(&["vip", "trial", "partner", "beta"])] } else { vec![] };
        let notes = if words.percent(15) { words.pick(words::NOTES).into() } else { Value::Null };
        let plan = words.pick(&["free", "team", "business"]);
        let body = json!({
            "name": format!("{first} {last}"),
            "email": email,
            "sentiment": sentiment,
            "status": if words.percent(92) { "active" } else { "inactive" },
            "tags": tags,
            "notes": notes,
            "customFields": { "plan": plan },
        });
        let customer = create(change, &CUSTOMERS, body)?;
        self.customers.push(customer.uuid);
        Ok(())
    }

    fn open(&mut self, change: &mut Change<'_>, number: usize) -> Result<(), ApiError> {
        let words = &mut self.words;
        let at = usize::try_from(words.below(words::TICKETS.len() as u64)).unwrap_or_default();
        let Some((title, message, tag)) = words::TICKETS.get(at) else { return Ok(()) };
        let owner = usize::try_from(words.below(self.customers.len() as u64)).unwrap_or_default();
        let customer = self.customers.get(owner).map(|uuid| CUSTOMERS.id_of(*uuid));
        let body = json!({
            "title": title,
            "priority": words.pick(&["low", "normal", "normal", "normal", "high", "urgent"]),
            "customerId": customer,
            "tags": [tag],
            "initialMessage": message,
        });
        let ticket = create(change, &TICKETS, body)?;
        if let Some(slot) = self.tickets.get_mut(number) {
            *slot = Some(ticket.uuid);
        }
        Ok(())
    }

    fn answer(&mut self, change: &mut Change<'_>, number: usize) -> Result<(), ApiError> {
        let Some(ticket) = self.ticket(change, number)? else { return Ok(()) };
        let agent = ["Oscar Beltran", "Freya Holm"][usize::from(self.words.percent(60))];
        let body =
            json!({ "content": self.words.pick(words::REPLIES), "sender": "agent", "senderName": agent });
        ticket_messages::add(change, ticket, object(body))?;
        Ok(())
    }

    /// Most tickets are done, some are still open.
    fn resolve(&mut self, change: &mut Change<'_>, number: usize) -> Result<(), ApiError> {
        let Some(ticket) = self.ticket(change, number)? else { return Ok(()) };
        let words = &mut self.words;
        let status = words.pick(&["open", "pending", "resolved", "resolved", "closed", "closed", "closed"]);
        let agent =
            words.pick(&["mem_00000000000040008000000000000003", "mem_00000000000040008000000000000005"]);
        let body = json!({ "status": status, "assignedTo": agent });
        operations::update(change, &TICKETS, ticket, object(body))?;
        Ok(())
    }

    fn ticket(&self, change: &Change<'_>, number: usize) -> Result<Option<Object>, ApiError> {
        let uuid = self.tickets.get(number).copied().flatten();
        Ok(uuid.map(|uuid| change.find(TICKETS.kind, uuid)).transpose()?.flatten())
    }
}
