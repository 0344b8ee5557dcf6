"""A Flask receiver with one defect, which the variable DEFECT names, for the tests of `cstar check`. Without the
variable it is correct.

    CSTAR_WEBHOOK_SECRET=whsec_… DEFECT=reprinted python receiver.py

The first line of output is {"port":N}.
"""

import hashlib
import hmac
import json
import logging
import os
import threading
import time

from flask import Flask, jsonify, request
from werkzeug.serving import make_server

DEFECT = os.environ.get("DEFECT", "")
SECRET = os.environ["CSTAR_WEBHOOK_SECRET"].encode()
app = Flask(__name__)
known = set()
lock = threading.Lock()
logging.getLogger("werkzeug").setLevel(logging.ERROR)


def authentic(body, header):
    if DEFECT == "key-without-prefix":
        key = SECRET.removeprefix(b"whsec_")
    else:
        key = SECRET
    if DEFECT == "reprinted":
        body = json.dumps(request.get_json()).encode()
    if DEFECT == "legacy-only":
        right = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right.encode(), header.encode())
    if DEFECT == "accepts-legacy" and header.startswith("sha256="):
        right = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right.encode(), header.encode())
    items = [item.strip().partition("=")[::2] for item in header.split(",")]
    if DEFECT == "crashes-on-format":
        sent = dict(items)["t"]
    else:
        sent = next((value for name, value in items if name == "t" and value.isdecimal()), "0")
    right = hmac.new(key, sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    claimed = [value for name, value in items if name == "v1"]
    signed = any(hmac.compare_digest(right.encode(), value.encode()) for value in claimed)
    return signed and (DEFECT == "no-timestamp" or abs(time.time() - int(sent)) <= 300)


@app.post("/webhook")
def receive():
    body = request.get_data()
    if not authentic(body, request.headers.get("X-Signature", "")):
        return jsonify(error="invalid signature"), 401
    event = json.loads(body)
    with lock:
        duplicate = event["id"] in known
        known.add(event["id"])
    if DEFECT == "conflict" and duplicate:
        return jsonify(error="conflict"), 409
    if DEFECT == "member-missing":
        event["data"]["ticket"]["title"]
    return jsonify(duplicate=True) if duplicate else jsonify(received=True)


@app.errorhandler(Exception)
def failed(error):
    code = getattr(error, "code", 500)
    if DEFECT == "shows-trace":
        import traceback
        return traceback.format_exc(), code
    return jsonify(error="failed"), code


if DEFECT == "small-limit":
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
server = make_server("127.0.0.1", 0, app, threaded=True)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
