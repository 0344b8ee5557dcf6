"""The output of `cstar types python`, which is events.py beside this file: it reads every sample, and `match` narrows."""

import dataclasses
import json
import sys
from typing import assert_never

import events


def plain(value):
    """As the body had it."""
    if dataclasses.is_dataclass(value):
        members = {f.metadata.get("name", f.name): plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        rest = members.pop("extra", {})
        return {**members, **rest}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def without_none(value):
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in value.items() if item is not None}
    return value


def title(event: events.TicketCreatedEvent | events.TicketMessageAddedEvent | events.UnknownEvent) -> str | None:
    match event:
        case events.TicketCreatedEvent(data=data):
            return data.ticket.title
        case events.TicketMessageAddedEvent(data=data):
            return data.ticket.title if data.ticket else None
        case events.UnknownEvent():
            return None
        case _:
            assert_never(event)


def fails(body: str) -> str:
    try:
        events.parse_event(body)
    except events.EventError as error:
        return str(error)
    raise AssertionError(body)


with open("samples.json", encoding="utf-8") as file:
    samples = json.load(file)
assert len(samples) == 35
for sample in samples:
    event = events.parse_event(json.dumps(sample))
    assert type(event) is events.EVENTS[sample["type"]]
    # Nothing is changed and nothing is lost.
    assert without_none(plain(event)) == without_none(sample), sample
    future = events.parse_event(json.dumps({**sample, "type": "ticket.of_the_future"}))
    assert isinstance(future, events.UnknownEvent) and future.data == sample["data"]

created = next(sample for sample in samples if sample["type"] == "ticket.created")
assert title(events.parse_event(json.dumps(created))) == created["data"]["ticket"]["title"]
del created["data"]["customer"]["email"]
assert fails(json.dumps(created)) == "event.data.customer has no `email`"
created["data"]["customer"] = 7
assert fails(json.dumps(created)) == "event.data.customer is not an object"
created["data"]["ticket"]["title"] = True
assert fails(json.dumps(created)) == "event.data.ticket.title has another type than expected"
for body in ["", "[]", "{}", '{"type": 1}', '{"type": "x"}']:
    fails(body)
# A guess never refuses an event, and other members stay.
body = {"id": "e", "type": "ticket.message_added", "created_at": "", "team_id": "", "data": {"ticket": 1, "colour": "red"}}
message = events.parse_event(json.dumps(body))
assert message.data.ticket is None and message.data.extra == {"colour": "red"}
print("python", sys.version.split()[0])
