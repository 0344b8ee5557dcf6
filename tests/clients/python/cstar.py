"""A client of cStar with the accessors and shapes that the documentation of its SDK shows, on the standard library."""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


class CStarError(Exception):
    """A refusal; the attributes are those of the documented error object."""

    def __init__(self, status, error):
        super().__init__(f"{status}: {error['message']}")
        self.status, self.type, self.code = status, error["type"], error["code"]
        self.message, self.param = error["message"], error.get("param")
        self.request_id = error["request_id"]


def exchange(method, url, key=None, body=None, headers=()):
    """Sends one request; returns the status and the parsed answer, or raises `CStarError`."""
    request = urllib.request.Request(url, method=method, headers=dict(headers))
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refusal:
        answer = json.load(refusal)
        assert answer["success"] is False, answer
        raise CStarError(refusal.code, answer["error"]) from None


def with_query(url, query):
    def text(value):
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)

    pairs = {name: text(value) for name, value in query.items()}
    return f"{url}?{urllib.parse.urlencode(pairs)}" if pairs else url


class Accessor:
    """Calls below one path of the team."""

    def __init__(self, client, path):
        self.client, self.path = client, path

    def send(self, method, *parts, body=None, expect=200, **query):
        quoted = [urllib.parse.quote(part, safe="") for part in parts]
        return self.client.send(method, "/".join([self.path, *quoted]), body=body, expect=expect, **query)


class Resource(Accessor):
    """The calls of a resource that is listed."""

    def list(self, **query):
        """The whole answer: `data`, and `pagination` if the list has pages."""
        return self.send("GET", **query)

    def get(self, id):
        return self.send("GET", id)["data"]

    def create(self, **body):
        return self.send("POST", body=body, expect=201)["data"]

    def update(self, id, **body):
        return self.send("PATCH", id, body=body)["data"]

    def delete(self, id):
        return self.send("DELETE", id)["data"]


class Webhooks(Resource):
    def test(self, id, event):
        return self.send("POST", id, "test", body={"event": event})["data"]

    def trigger_test(self, event):
        return self.send("POST", "trigger-test", body={"event": event})["data"]


class Realtime(Accessor):
    """The stream of events. `on` returns once the server has answered; the callback runs on a thread of its own."""

    def on(self, pattern, callback):
        url = with_query(f"{self.client.team_url}/realtime", {"types": pattern})
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.client.key}"})
        stream = urllib.request.urlopen(request, timeout=30)

        def read():
            for line in stream:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "data" and "type" in (event := json.loads(value)):
                    if callback(event):
                        return

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread


class CStarClient:
    def __init__(self, api_key, team_id, base_url="https://www.cstar.help"):
        self.key, self.base_url = api_key, base_url
        self.team_url = f"{base_url}/api/v1/teams/{team_id}"
        self.last_meta = None
        for name, path in {
            "tickets": "tickets",
            "customers": "customers",
            "articles": "articles",
            "categories": "categories",
            "community_posts": "community/posts",
            "community_topics": "community/topics",
            "members": "members",
            "automations": "automations",
            "notifications": "notifications",
            "mentions": "mentions",
            "attachments": "attachments",
            "custom_fields": "custom-fields",
            "sla": "sla/rules",
            "audit_log": "audit-log",
            "tags": "tags",
            "activity": "activity",
            "customer_groups": "customer-groups",
            "views": "views",
        }.items():
            setattr(self, name, Resource(self, path))
        self.webhooks = Webhooks(self, "webhooks")
        self.realtime = Realtime(self, "realtime")

    def send(self, method, path, body=None, expect=200, **query):
        url = with_query(f"{self.team_url}/{path}", query)
        actual, answer = exchange(method, url, self.key, body)
        assert (actual, answer["success"]) == (expect, True), (method, path, actual, answer)
        self.last_meta = answer["meta"]
        return answer

    def whoami(self):
        return exchange("GET", f"{self.base_url}/api/v1/auth/whoami", self.key)[1]["data"]

    def get(self, path, **query):
        return self.send("GET", path, **query)["data"]

    def post(self, path, **body):
        return self.send("POST", path, body=body)["data"]

    def patch(self, path, **body):
        return self.send("PATCH", path, body=body)["data"]


class LibraryClient:
    """The public knowledge base: no key."""

    def __init__(self, team_slug, base_url):
        self.url = f"{base_url}/api/library/{team_slug}"

    def read(self, path, **query):
        return exchange("GET", with_query(f"{self.url}/{path}", query))[1]

    def categories(self):
        return self.read("categories")["data"]

    def articles(self, **query):
        return self.read("articles", **query)["data"]

    def article(self, slug):
        return self.read(f"articles/{slug}")["data"]

    def search(self, text):
        return self.read("search", q=text)

    def popular_articles(self, limit):
        return self.read("articles", sort="popular", limit=limit)["data"]

    def stats(self):
        return self.read("stats")["data"]

    def record_view(self, slug):
        return exchange("POST", f"{self.url}/articles/{slug}/view")


class AuthClient:
    """The session of a customer."""

    def __init__(self, team_slug, base_url):
        self.url = f"{base_url}/api/auth/{team_slug}"
        self.access_token = self.refresh_token = self.customer = None

    @property
    def is_authenticated(self):
        return self.access_token is not None

    def keep(self, session):
        self.access_token = session["accessToken"]
        self.refresh_token = session.get("refreshToken", self.refresh_token)
        self.customer = session.get("customer", self.customer)
        return session

    def signup(self, **body):
        status, answer = exchange("POST", f"{self.url}/signup", body=body)
        return status, self.keep(answer["data"])

    def login(self, **body):
        return self.keep(exchange("POST", f"{self.url}/login", body=body)[1]["data"])

    def refresh(self):
        body = {"refreshToken": self.refresh_token}
        return self.keep(exchange("POST", f"{self.url}/refresh", body=body)[1]["data"])

    def session(self):
        return exchange("GET", f"{self.url}/session", self.access_token)[1]["data"]

    def logout(self):
        exchange("POST", f"{self.url}/logout", self.access_token)
        self.access_token = self.refresh_token = self.customer = None


def verify_signature(body, header, secret, tolerance=300):
    """Whether `X-Signature` fits the raw body and is not older than the tolerance."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not parts.get("t", "").isdigit() or "v1" not in parts:
        return False
    if abs(time.time() - int(parts["t"])) > tolerance:
        return False
    expected = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    return hmac.compare_digest(parts["v1"], expected.hexdigest())
