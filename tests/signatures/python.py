"""What an app in Python hands to the check, for each mistake: Flask, Django, FastAPI, aiohttp, Bottle and Tornado."""

import asyncio
import json
import sys
import threading

import bottle
import django
import fastapi
import tornado.escape
import tornado.web
import uvicorn
from aiohttp import web
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

PORT = int(sys.argv[1])

flask = Flask("flask")
FLASK = {
    "dumps": lambda: json.dumps(request.get_json()),
    "dumps-compact": lambda: json.dumps(request.get_json(), separators=(",", ":")),
    "dumps-indent": lambda: json.dumps(request.get_json(), indent=4),
    "dumps-sorted": lambda: json.dumps(request.get_json(), sort_keys=True),
    "dumps-unicode": lambda: json.dumps(request.get_json(), ensure_ascii=False),
    "jsonify": lambda: jsonify(request.get_json()).data,
    "str-json": lambda: str(request.get_json()),
    "str-data": lambda: str(request.get_data()),
    "form": lambda: json.dumps(request.form),
    "form-urlencoded": lambda: json.dumps(dict(request.form)),
    "latin1": lambda: request.get_data().decode("latin-1"),
    "ascii-replace": lambda: request.get_data().decode("ascii", "replace"),
    "read-twice": lambda: (request.get_json(), request.stream.read())[1],
    "print": lambda: request.get_data(as_text=True) + "\n",
    "utf16": lambda: request.get_data(as_text=True).encode("utf-16"),
    "bom": lambda: request.get_data(as_text=True).encode("utf-8-sig"),
}
for name, wrong in FLASK.items():
    flask.add_url_rule(f"/flask/{name}", name, wrong, methods=["POST"])

DJANGO = {
    "json-response": lambda q: JsonResponse(json.loads(q.body)).content,
    "post": lambda q: json.dumps(q.POST),
    "str-body": lambda q: str(q.body),
    "dumps-body-text": lambda q: json.dumps(q.body.decode()),
}
settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", MIDDLEWARE=[])
django.setup()
urlpatterns = [path(f"django/{n}", lambda q, w=w: HttpResponse(w(q))) for n, w in DJANGO.items()]

api = fastapi.FastAPI()


@api.post("/fastapi/{name}")
async def fast(name: str, q: fastapi.Request):
    body = await q.body()
    wrong = {
        "dumps": lambda: json.dumps(json.loads(body)),
        "json-response": lambda: fastapi.responses.JSONResponse(json.loads(body)).body,
        "str-body": lambda: str(body),
        "model-order": lambda: Event(**json.loads(body)).model_dump_json(),
    }
    return fastapi.Response(wrong[name]())


class Event(fastapi.params.Body if False else __import__("pydantic").BaseModel):
    """The members in the order in which someone wrote them."""

    type: str
    id: str
    team_id: str
    created_at: str
    data: dict


async def aio(q):
    name = q.path.rsplit("/", 1)[1]
    body = await q.json()
    return web.Response(body=(json.dumps(body) if name == "dumps" else str(body)).encode())


class Tornado(tornado.web.RequestHandler):
    def post(self, name):
        body = self.request.body
        self.write(tornado.escape.json_encode(tornado.escape.json_decode(body)) if name == "json-encode" else str(body))


@bottle.post("/bottle/<name>")
def bottled(name):
    return {"dumps": lambda: json.dumps(bottle.request.json), "forms": lambda: str(dict(bottle.request.forms))}[name]()


async def loop():
    app = web.Application()
    app.router.add_post("/aiohttp/{name}", aio)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT + 3).start()
    tornado.web.Application([(r"/tornado/(.*)", Tornado)]).listen(PORT + 4, "127.0.0.1")
    await uvicorn.Server(uvicorn.Config(api, port=PORT + 2, log_level="error")).serve()


for at, wsgi in [(0, flask), (1, get_wsgi_application()), (5, bottle.default_app())]:
    threading.Thread(target=make_server("127.0.0.1", PORT + at, wsgi).serve_forever, daemon=True).start()
asyncio.run(loop())
