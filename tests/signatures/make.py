"""Makes the samples of broken signatures: python3 tests/signatures/make.py FOLDER

Each server beside this file gets a signed event, and answers with what a mistaken app hands to its check. The answer is
kept with the header, the secret and the cause that `cstar verify` has to name. FOLDER has what the servers need:

    npm install --prefix FOLDER express fastify koa koa-bodyparser hono @hono/node-server next react react-dom
    python3 -m venv FOLDER/v
    FOLDER/v/bin/pip install aiohttp bottle django fastapi flask tornado uvicorn
    FOLDER/jars: jackson-databind, jackson-core and jackson-annotations 2.14, gson 2.10
    go, php, ruby with rails 6.1, a JDK
"""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
WORK = Path(sys.argv[1]).resolve()
SECRET = "whsec_3f9d0c6a7be14852"
NOW = 1_796_000_000
PORT = 47_100

EVENT = {
    "id": "evt_ticket_created_1796000000000_abc12345",
    "type": "ticket.created",
    "created_at": "2026-11-30T09:15:04.000Z",
    "team_id": "8f4e2c1a-5b6d-4e3f-9a8b-7c6d5e4f3a2b",
    "data": {
        "ticket": {
            "id": "tkt_7QK2M9ZC4RXW0B5N8H1D",
            "title": "Größe <b>falsch</b> & \"naïve\" 日本 🎉",
            "status": "new",
            "tags": [],
            "custom_fields": {},
            "dashboard_url": "https://www.cstar.help/team/acme/tickets?selected=tkt_7QK2",
            "rating": 4,
        },
        "customer": {"id": "cus_3VJ8", "name": "Jane Doe", "email": "jane@example.com"},
    },
}
COMPACT = json.dumps(EVENT, ensure_ascii=False, separators=(",", ":")).encode()
# As a page of cStar prints an event.
INDENTED = json.dumps(EVENT, ensure_ascii=False, indent=2).encode()
LINES = INDENTED + b"\n"
AGAIN, TEXT, NOTHING = "body_reserialized", "body_is_program_text", "body_is_empty_json"
LATIN1, LOST = "body_read_as_latin1", "body_characters_lost"

# The route, the event that is sent, and the cause.
ROUTES = {
    "node": [
        ("express/json-stringify", INDENTED, AGAIN),
        ("express/json-indented", COMPACT, AGAIN),
        ("express/json-four-spaces", COMPACT, AGAIN),
        ("express/json-as-string", COMPACT, "body_is_object_text"),
        ("express/json-inspect", COMPACT, TEXT),
        ("express/urlencoded", COMPACT, "body_read_as_form"),
        ("express/text-latin1", COMPACT, LATIN1),
        ("express/no-parser", COMPACT, "body_empty"),
        ("express/no-parser-undefined", COMPACT, NOTHING),
        ("express/other-content-type", COMPACT, NOTHING),
        ("express/buffer-stringify", COMPACT, TEXT),
        ("express/buffer-hex", COMPACT, "body_in_hex"),
        ("express/buffer-base64", COMPACT, "body_in_base64"),
        ("express/buffer-latin1", COMPACT, LATIN1),
        ("express/buffer-inspect", COMPACT, TEXT),
        ("express/text-in-json", COMPACT, "body_in_json_string"),
        ("express/log-line", COMPACT, "body_newline_added"),
        ("express/time-in-front", COMPACT, "body_time_included"),
        ("express/array", COMPACT, TEXT),
        ("express/read-twice", COMPACT, "body_empty"),
        ("fastify/json-stringify", INDENTED, AGAIN),
        ("fastify/json-as-string", COMPACT, "body_is_object_text"),
        ("fastify/json-indented", COMPACT, AGAIN),
        ("fastify/json-tab", COMPACT, AGAIN),
        ("koa/stringify", LINES, AGAIN),
        ("koa/as-string", COMPACT, "body_is_object_text"),
        ("hono/json-stringify", INDENTED, AGAIN),
        ("hono/parse-body", COMPACT, NOTHING),
        ("hono/array-buffer", COMPACT, "body_is_object_text"),
        ("next/stringify", INDENTED, AGAIN),
        ("next/indented", COMPACT, AGAIN),
        ("next/as-string", COMPACT, "body_is_object_text"),
    ],
    "python": [
        ("flask/dumps", COMPACT, AGAIN),
        ("flask/dumps-compact", COMPACT, AGAIN),
        ("flask/dumps-indent", COMPACT, AGAIN),
        ("flask/dumps-sorted", COMPACT, AGAIN),
        ("flask/dumps-unicode", INDENTED, AGAIN),
        ("flask/jsonify", COMPACT, AGAIN),
        ("flask/str-json", COMPACT, TEXT),
        ("flask/str-data", COMPACT, TEXT),
        ("flask/form", COMPACT, NOTHING),
        ("flask/latin1", COMPACT, LATIN1),
        ("flask/ascii-replace", COMPACT, LOST),
        ("flask/read-twice", COMPACT, "body_empty"),
        ("flask/print", COMPACT, "body_newline_added"),
        ("flask/utf16", COMPACT, "body_in_utf16"),
        ("flask/bom", COMPACT, "body_mark_added"),
        ("django/json-response", COMPACT, AGAIN),
        ("django/post", COMPACT, NOTHING),
        ("django/str-body", COMPACT, TEXT),
        ("django/dumps-body-text", COMPACT, "body_in_json_string"),
        ("fastapi/dumps", COMPACT, AGAIN),
        ("fastapi/json-response", INDENTED, AGAIN),
        ("fastapi/str-body", COMPACT, TEXT),
        ("fastapi/model-order", COMPACT, AGAIN),
        ("aiohttp/dumps", COMPACT, AGAIN),
        ("aiohttp/str", COMPACT, TEXT),
        ("tornado/json-encode", COMPACT, AGAIN),
        ("tornado/str-body", COMPACT, TEXT),
        ("bottle/dumps", COMPACT, AGAIN),
    ],
    "go": [
        ("go/marshal-map", COMPACT, AGAIN),
        ("go/marshal-indent", COMPACT, AGAIN),
        ("go/marshal-struct", COMPACT, AGAIN),
        ("go/encoder", COMPACT, AGAIN),
        ("go/compact", INDENTED, AGAIN),
        ("go/sprint-bytes", COMPACT, TEXT),
        ("go/sprint-map", COMPACT, TEXT),
        ("go/quoted", COMPACT, "body_in_json_string"),
        ("go/hex", COMPACT, "body_in_hex"),
        ("go/marshal-bytes", COMPACT, "body_in_base64"),
        ("go/base64", COMPACT, "body_in_base64"),
        ("go/first-line", INDENTED, "body_cut"),
        ("go/limited", COMPACT, "body_cut"),
        ("go/println", COMPACT, "body_newline_added"),
        ("go/read-twice", COMPACT, "body_empty"),
    ],
    "php": [
        ("php/json", COMPACT, AGAIN),
        ("php/json-assoc", COMPACT, AGAIN),
        ("php/json-pretty", COMPACT, AGAIN),
        ("php/json-slashes", COMPACT, AGAIN),
        ("php/post", COMPACT, NOTHING),
        ("php/post-query", COMPACT, "body_empty"),
        ("php/print-r", COMPACT, TEXT),
        ("php/var-export", COMPACT, TEXT),
        ("php/serialize", COMPACT, TEXT),
        ("php/latin1", COMPACT, LATIN1),
        ("php/trim", LINES, "body_newline_lost"),
        ("php/htmlspecialchars", COMPACT, "body_html_escaped"),
        ("php/base64", COMPACT, "body_in_base64"),
    ],
    "ruby": [
        ("webrick/to-json", INDENTED, AGAIN),
        ("webrick/pretty", COMPACT, AGAIN),
        ("webrick/inspect-hash", COMPACT, TEXT),
        ("webrick/inspect-text", COMPACT, "body_in_json_string"),
        ("webrick/latin1", COMPACT, LATIN1),
        ("webrick/strip", LINES, "body_newline_lost"),
        ("webrick/scrub", COMPACT, LOST),
        ("rails/parameters", COMPACT, AGAIN),
        ("rails/params", COMPACT, AGAIN),
        ("rails/params-string", COMPACT, TEXT),
        ("rails/to-json", COMPACT, AGAIN),
    ],
    "java": [
        ("java/jackson-tree", INDENTED, AGAIN),
        ("java/jackson-pretty", COMPACT, AGAIN),
        ("java/jackson-sorted", COMPACT, AGAIN),
        ("java/map-string", COMPACT, TEXT),
        ("java/gson", COMPACT, AGAIN),
        ("java/gson-pretty", COMPACT, AGAIN),
        ("java/latin1", COMPACT, LATIN1),
        ("java/ascii", COMPACT, LOST),
        ("java/bytes-string", COMPACT, TEXT),
        ("java/arrays-string", COMPACT, TEXT),
        ("java/base64", COMPACT, "body_in_base64"),
        ("java/lines", INDENTED, AGAIN),
    ],
}
# The port of each framework, from that of its server.
PORTS = {"fastify": 1, "koa": 2, "hono": 3, "next": 4, "django": 1, "fastapi": 2, "aiohttp": 3, "tornado": 4, "bottle": 5}


def commands(port):
    port = str(port)
    shutil.copy(HERE / "node.mjs", WORK / "node.mjs")
    jars = f"{WORK}/jars/*"
    return {
        "node": ["node", str(WORK / "node.mjs"), port],
        "python": [str(WORK / "v/bin/python"), str(HERE / "python.py"), port],
        "go": ["go", "run", str(HERE / "go.go"), port],
        "php": ["php", "-S", f"127.0.0.1:{port}", str(HERE / "php.php")],
        "ruby": ["ruby", str(HERE / "ruby.rb"), port],
        "java": ["java", "-cp", jars, str(HERE / "Hooks.java"), port],
    }


def sign(body):
    tag = hmac.new(SECRET.encode(), f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={NOW},v1={tag}"


def post(port, route, body, header):
    headers = {"Content-Type": "application/json", "X-Signature": header}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{route}", body, headers)
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{route}: {error.code} {error.read()[:500]}")
        except OSError as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"{route}: {error}")
            time.sleep(0.2)


def make(language, port):
    process = subprocess.Popen(commands(port)[language], start_new_session=True)
    samples = []
    try:
        for route, sent, cause in ROUTES[language]:
            header = sign(sent)
            body = post(port + PORTS.get(route.split("/")[0], 0), route, sent, header)
            if body == sent:
                raise SystemExit(f"{route}: the body is as it was sent")
            sample = {"name": route, "cause": cause, "signature": header}
            try:
                samples.append({**sample, "body": body.decode()})
            except UnicodeDecodeError:
                samples.append({**sample, "body_hex": body.hex()})
    finally:
        os.killpg(process.pid, 15)
        process.wait()
    lines = ",\n".join(json.dumps(sample, ensure_ascii=True) for sample in samples)
    text = f'{{ "secret": "{SECRET}", "now": {NOW}, "samples": [\n{lines}\n] }}\n'
    (HERE / f"{language}.json").write_text(text, encoding="utf-8", newline="\n")
    print(language, len(samples))


for number, language in enumerate(sys.argv[2:] or ROUTES):
    make(language, PORT + 20 * number)
