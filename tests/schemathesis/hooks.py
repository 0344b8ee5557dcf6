"""Requests that the fuzzer must not send, and limits that a schema cannot express."""

import os
import re

import requests
import schemathesis

# The pattern of `url` of a webhook in the document.
ADDRESS = re.compile(r"\s*(https://[0-9A-Za-z]|http://(localhost|127\.|\[::1\]))")
LONGEST = 2000
# A random valid id rarely exists: the request would be refused and its operation never reached.
UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
REFERENCES = {
    "customerId": re.compile(f"cus_[0-9A-Fa-f]{{32}}|{UUID}"),
    "categoryId": re.compile(UUID),
    "category": re.compile(r"(?s).{0,255}"),
}


@schemathesis.hook
def before_call(ctx, case, **kwargs):
    if case.operation.definition.raw.get("operationId") == "addFaults":
        # The number of faults is limited.
        requests.delete(case.operation.base_url.rstrip("/") + case.operation.path, timeout=10)
    body = case.body
    if not isinstance(body, dict):
        return
    url = body.get("url")
    if isinstance(url, str) and len(url) <= LONGEST and ADDRESS.match(url):
        # Events are delivered to this URL, and nothing may leave this machine.
        body["url"] = os.environ["FUZZ_RECEIVER"]
    for member, valid in REFERENCES.items():
        if isinstance(body.get(member), str) and valid.fullmatch(body[member]):
            del body[member]
