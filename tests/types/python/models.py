"""What datamodel-code-generator makes of `cstar types json-schema`, generated_models.py beside this file: it reads every sample."""

import json

from generated_models import CStarEvent

with open("samples.json", encoding="utf-8") as file:
    samples = json.load(file)
assert len(samples) == 35
for sample in samples:
    name = "".join(word.title() for word in sample["type"].replace(".", "_").split("_")) + "Event"
    assert type(CStarEvent.model_validate(sample).root).__name__ == name
    future = CStarEvent.model_validate({**sample, "type": "ticket.of_the_future"})
    assert type(future.root).__name__ == "UnknownEvent"
