// The output of `cstar types zod`: it narrows, accepts every sample, and fails where it should.

import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { CStarEvent, KnownEvent, UnknownEvent, isKnownEvent } from "./zod-events.js";

const samples = JSON.parse(readFileSync("samples.json", "utf8")) as Array<Record<string, any>>;
assert.equal(samples.length, 35);
for (const sample of samples) {
  // Nothing is changed and nothing is lost: `catch` would hide a wrong type as undefined.
  assert.deepEqual(JSON.parse(JSON.stringify(KnownEvent.parse(sample))), sample);
  const event = CStarEvent.parse(sample);
  assert.ok(isKnownEvent(event));
  assert.equal(UnknownEvent.safeParse(sample).success, false);
  const future = CStarEvent.parse({ ...sample, type: "ticket.of_the_future", data: { any: 1 } });
  assert.equal(isKnownEvent(future), false);
}

const created = samples.find((sample) => sample.type === "ticket.created")!;
const event = CStarEvent.parse(created);
switch (event.type) {
  case "ticket.created":
    assert.equal(event.data.customer.email satisfies string, created.data.customer.email);
    break;
  default:
    assert.fail();
}
for (const wrong of [{ ticket: 1 }, { ...created.data, customer: null }, undefined]) {
  assert.equal(CStarEvent.safeParse({ ...created, data: wrong }).success, false);
}
// A guess never refuses an event, and other members stay.
const message = samples.find((sample) => sample.type === "ticket.message_added")!;
const guessed = CStarEvent.parse({ ...message, data: { ticket: 1, colour: "red" } });
assert.ok(guessed.type === "ticket.message_added");
assert.equal(guessed.data.ticket, undefined);
assert.equal(guessed.data.colour, "red");
