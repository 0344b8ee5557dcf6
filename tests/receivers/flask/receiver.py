"""A Flask receiver that judges every delivery with two verifiers and prints one JSON line about it.

    CSTAR_WEBHOOK_SECRET=whsec_... python receiver.py [PORT]

The first line of output is {"port": N}. Port 0, the default, picks a free one. The lines are the same as
those of the Express receiver next door.
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time

import stripe
from flask import Flask, request
from werkzeug.serving import make_server

TOLERANCE = 300
SECRET = os.environ["CSTAR_WEBHOOK_SECRET"]

app = Flask(__name__)
output = threading.Lock()


def say(line: dict) -> None:
    """One whole line at a time: requests are answered in threads."""
    with output:
        print(json.dumps(line), flush=True)


def accepted(body: bytes, header: str) -> bool:
    """The documented scheme, with Python's own hmac: `t=<unix seconds>,v1=<hex of "t.body">`."""
    items = dict(item.split("=", 1) for item in header.split(",") if "=" in item)
    if not items.get("t", "").isdigit() or abs(time.time() - int(items["t"])) > TOLERANCE:
        return False
    signed = items["t"].encode() + b"." + body
    computed = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(computed, items.get("v1", ""))


def accepted_by_stripe(body: bytes, header: str) -> bool:
    """A second opinion: Stripe's published library, which uses the same scheme."""
    try:
        return stripe.WebhookSignature.verify_header(body.decode(), header, SECRET, TOLERANCE)
    except stripe.SignatureVerificationError:
        return False


@app.post("/api/webhooks")
def receive():
    body = request.get_data()
    signature = request.headers.get("X-Signature", "")
    alias = request.headers.get("cstar-signature", "")
    ok = accepted(body, signature)
    status = 200 if ok else 401
    event = json.loads(body)
    line = {
        "status": status,
        "event": event["type"],
        "id": event["id"],
        "attempt": int(request.headers.get("X-Delivery-Attempt", 0)),
        "x_signature_ok": ok,
        "cstar_signature_ok": accepted(body, alias),
        "stripe_ok": accepted_by_stripe(body, signature),
        "same": signature == alias,
        "body_hex": body.hex(),
        "headers": {name.lower(): value for name, value in request.headers.items()},
    }
    say(line)
    return ("", 200) if ok else ("Invalid signature", 401)


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0, app, threaded=True)
    say({"port": server.server_port})
    server.serve_forever()
