// The output of `cstar types typescript` as users write against it. It only has to compile with `tsc --strict`.

import type { CStarEvent, EventOf, EventType, KnownEvent, UnknownEvent } from "./events.js";
import { eventTypes, isKnownEvent, parseEvent } from "./events.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assert = <_ extends true>() => {};

/** Narrows by `type`, though the union has an open variant. */
export function title(event: CStarEvent): string | undefined {
  switch (event.type) {
    case "ticket.created": {
      assert<Equal<typeof event, EventOf<"ticket.created">>>();
      const name: string = event.data.customer.name;
      // @ts-expect-error: a documented object has the documented members only
      event.data.ticket.colour;
      return event.data.ticket.title + name;
    }
    case "ticket.message_added": {
      assert<Equal<typeof event, EventOf<"ticket.message_added">>>();
      // @ts-expect-error: a modelled member may be missing
      const sure: string = event.data.ticket?.title;
      // A modelled object may have others.
      const other: unknown = event.data.colour;
      return event.data.ticket?.title ?? String(other) + sure;
    }
    // @ts-expect-error: no such type
    case "ticket.cretaed":
      return undefined;
    default:
      return undefined;
  }
}

/** What is left after a known event is not one. */
export function other(event: CStarEvent): UnknownEvent | undefined {
  if (isKnownEvent(event)) return undefined;
  const unknown: UnknownEvent = event;
  return unknown;
}

/** The compiler names a type that is forgotten. */
export function complete(event: Extract<KnownEvent, { type: `ticket.${string}` }>): string {
  switch (event.type) {
    case "ticket.created":
    case "ticket.updated":
    case "ticket.closed":
    case "ticket.message_added":
    case "ticket.deleted":
    case "ticket.assigned":
      return event.id;
    default: {
      const never: never = event;
      return never;
    }
  }
}

export function incomplete(event: KnownEvent): string {
  switch (event.type) {
    case "ticket.created":
      return event.id;
    default: {
      // @ts-expect-error: 34 types are left
      const never: never = event;
      return never;
    }
  }
}

export const types: readonly EventType[] = eventTypes;
export const parsed: CStarEvent = parseEvent("{}");
