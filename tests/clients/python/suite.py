"""Every call that the documentation of the SDK shows, against a running sandbox: `CSTAR_BASE_URL` is its address.

Each test has a team of its own. The members of the answers are compared with the documented ones; what is ours beside
them is listed as such. Only the standard library is needed.
"""

import json
import os
import queue
import re
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cstar import AuthClient, CStarClient, CStarError, LibraryClient, exchange, verify_signature

BASE_URL = os.environ["CSTAR_BASE_URL"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

TICKET = """id object title status priority customerId customerName assignedTo tags notes messageCount responseDeadline
    resolutionDeadline firstResponseAt responseTier resolutionTier slaPaused metadata createdAt updatedAt closedAt
    resolvedAt"""
MESSAGE = "id ticketId content sender senderName isInternal createdAt"
CUSTOMER = "id object name email sentiment status tags notes customFields ticketCount metadata createdAt updatedAt"
ARTICLE = """id object title slug excerpt content categoryId status tags notes viewCount useCount readTime isPublic
    publishedAt metaDescription metadata createdAt updatedAt"""
CATEGORY = "id object name slug description icon color sortOrder isPublic createdAt updatedAt"
GROUP = "id object name slug description externalId customFields customerCount createdAt updatedAt"
POST = """id title slug body topic_id status visibility vote_count comment_count is_pinned is_locked custom_fields
    attachments created_at"""
MEMBER = "id userId name email avatarUrl role roleDisplayName permissions level xp joinedAt"
WEBHOOK = "id name url events isActive createdAt updatedAt"
WEBHOOK_OURS = "flatPayload consecutiveFailures"
PLAYER = """object memberId name avatarUrl season level xp xpToNextLevel xpInCurrentLevel xpProgress gold prestigeLevel
    prestigeBonus streaks stats skills availableSkillPoints totalSkillPoints cosmetics"""


class Receiver:
    """An endpoint that keeps what it is sent."""

    def __init__(self):
        received = self.received = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put((self.headers, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/cstar-webhooks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Suite(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.team = exchange("POST", f"{BASE_URL}/_sandbox/teams", body={})[1]
        self.cstar = self.client("secret_live")

    def client(self, key):
        return CStarClient(self.team["keys"][key], self.team["id"], BASE_URL)

    def members(self, value, documented, ours=""):
        self.assertEqual(sorted(value), sorted(f"{documented} {ours}".split()))

    def refused(self, status, code, call):
        with self.assertRaises(CStarError) as caught:
            call()
        self.assertEqual((caught.exception.status, caught.exception.code), (status, code))
        self.assertRegex(caught.exception.request_id, r"^req_\w+$")
        return caught.exception

    def page(self, answer, total):
        """A list with pages."""
        self.members(answer, "success data pagination meta")
        self.assertEqual(answer["pagination"], {"total": total, "page": 1, "pageSize": 20, "hasMore": False})
        self.assertEqual(len(answer["data"]), total)
        return answer["data"]

    def test_tickets(self):
        tickets = self.cstar.tickets
        self.page(tickets.list(status="open"), 0)
        ticket = tickets.create(title="Need help", priority="high")
        self.members(ticket, TICKET)
        self.assertEqual((ticket["object"], ticket["status"], ticket["priority"]), ("ticket", "new", "high"))
        self.assertRegex(ticket["id"], "^tkt_")
        self.assertRegex(ticket["createdAt"], TIME)
        meta = self.cstar.last_meta
        self.members(meta, "requestId timestamp")
        self.assertRegex(meta["requestId"], r"^req_\w+$")

        resolved = tickets.update(ticket["id"], status="resolved")
        self.members(resolved, TICKET)
        self.assertEqual(resolved["status"], "resolved")
        self.assertRegex(resolved["resolvedAt"], TIME)
        path = f"tickets/{ticket['id']}/messages"
        message = self.cstar.send("POST", path, body={"content": "Hello", "sender": "agent"}, expect=201)["data"]
        self.members(message, MESSAGE)
        thread = self.cstar.send("GET", path)
        self.members(thread, "success data meta")
        self.assertEqual(thread["data"], [message])
        single = tickets.get(ticket["id"])
        self.members(single, TICKET, "messages")
        self.assertEqual((single["messages"], single["messageCount"]), ([message], 1))
        self.assertEqual(tickets.delete(ticket["id"]), {"deleted": True, "id": ticket["id"]})
        missing = self.refused(404, "RESOURCE_MISSING", lambda: tickets.get(ticket["id"]))
        self.assertEqual((missing.type, missing.message), ("not_found_error", "Ticket not found"))

    def test_form_and_searches(self):
        tickets, customers = self.cstar.tickets, self.cstar.customers
        made = tickets.create(title="A billing issue", priority="normal", customerName="Jane", tags=["web-form"])
        self.assertEqual((made["customerName"], made["tags"]), ("Jane", ["web-form"]))
        urgent = tickets.create(title="Down", priority="urgent", status="open")
        self.assertEqual(self.page(tickets.list(status="open", priority="urgent"), 1), [urgent])
        self.assertEqual(self.page(tickets.list(search="billing issue"), 1), [made])
        jane = customers.create(name="Jane", email="jane@example.com")
        customers.create(name="John", email="john@example.com")
        self.assertEqual(self.page(customers.list(search="jane@example.com"), 1), [jane])
        found = self.cstar.send("GET", "search", q="billing", types="tickets,customers,articles", limit=10)["data"]
        self.assertEqual([(each["type"], each["id"]) for each in found], [("ticket", made["id"])])
        self.members(found[0], "object type id title snippet")

    def test_errors(self):
        missing = self.refused(400, "parameter_missing", lambda: self.cstar.tickets.create(priority="high"))
        self.assertEqual((missing.type, missing.param), ("invalid_request_error", "title"))
        self.assertEqual(missing.message, "The 'title' field is required.")
        reader = self.client("publishable_live")
        self.page(reader.tickets.list(), 0)
        self.refused(403, "publishable_key_write", lambda: reader.tickets.create(title="No"))
        stranger = CStarClient("sk_live_" + "x" * 32, self.team["id"], BASE_URL)
        self.refused(401, "invalid_api_key", stranger.tickets.list)
        # Test data is apart from live data.
        self.cstar.tickets.create(title="Live")
        self.page(self.client("secret_test").tickets.list(), 0)

    def test_customers_and_groups(self):
        customers = self.cstar.customers
        jane = customers.create(name="Jane", email="jane@example.com", tags=["vip"], metadata={"plan": "pro"})
        self.members(jane, CUSTOMER)
        self.assertRegex(jane["id"], "^cus_")
        self.assertEqual(customers.get(jane["id"]), jane)
        changed = customers.update(jane["id"], metadata={"plan": None}, sentiment="happy")
        self.assertEqual((changed["metadata"], changed["sentiment"]), ({}, "happy"))
        self.assertEqual(customers.delete(jane["id"]), {"deleted": True, "id": jane["id"]})
        groups = self.cstar.customer_groups
        group = groups.create(name="VIP")
        self.members(group, GROUP)
        self.assertEqual(groups.update(group["id"], description="Ours")["description"], "Ours")
        self.assertEqual(groups.list()["pagination"], {"total": 1, "page": 1, "pageSize": 25, "hasMore": False})
        self.assertTrue(groups.delete(group["id"])["deleted"])

    def test_articles_and_library(self):
        category = self.cstar.categories.create(name="Billing")
        self.members(category, CATEGORY)
        body = {"title": "Reset password", "content": "Open **Settings**.", "categoryId": category["id"]}
        article = self.cstar.articles.create(**body, status="published", isPublic=True)
        self.members(article, ARTICLE)
        self.assertEqual((article["slug"], article["readTime"]), ("reset-password", "1 min"))
        self.cstar.articles.create(title="A draft", categoryId=category["id"])
        self.assertEqual(self.page(self.cstar.articles.list(status="published"), 1), [article])
        self.assertEqual(self.page(self.cstar.categories.list(isPublic=True), 1), [category])

        library = LibraryClient(self.team["slug"], BASE_URL)
        self.assertEqual([each["slug"] for each in library.categories()], ["billing"])
        for found in (
            library.articles(categorySlug="billing"),
            library.articles(limit=1),
            library.search("reset password")["data"],
            library.popular_articles(5),
        ):
            self.assertEqual([each["id"] for each in found], [article["id"]])
        self.assertEqual(library.article("reset-password")["content"], "Open **Settings**.")
        library.record_view("reset-password")
        self.assertEqual(self.cstar.articles.get(article["id"])["viewCount"], 1)
        stats = library.stats()
        self.assertEqual((stats["totalArticles"], stats["totalCategories"]), (1, 1))
        self.refused(404, "RESOURCE_MISSING", lambda: library.article("a-draft"))

    def test_customer_auth(self):
        auth = AuthClient(self.team["slug"], BASE_URL)
        who = {"email": "jane@example.com", "password": "securepass"}
        status, session = auth.signup(**who, name="Jane")
        self.assertEqual(status, 201)
        self.members(session, "accessToken customer")
        self.members(auth.login(**who), "customer accessToken refreshToken")
        self.assertTrue(auth.is_authenticated)
        self.assertEqual(auth.access_token.count("."), 2)
        self.assertEqual((auth.customer["email"], auth.customer["name"]), (who["email"], "Jane"))
        self.assertEqual(auth.session()["customer"]["id"], auth.customer["id"])
        auth.refresh()
        self.assertEqual(self.cstar.customers.get(auth.customer["id"])["email"], who["email"])
        token = auth.access_token
        auth.logout()
        self.assertFalse(auth.is_authenticated)
        auth.access_token = token
        with self.assertRaises(CStarError) as revoked:
            auth.session()
        self.assertEqual(revoked.exception.status, 401)
        with self.assertRaises(CStarError) as wrong:
            auth.login(email=who["email"], password="another password")
        self.assertEqual(wrong.exception.status, 401)

    def test_team(self):
        who = self.cstar.whoami()
        self.members(who, "teamId teamName teamSlug keyType environment")
        self.assertEqual((who["teamId"], who["keyType"], who["environment"]), (self.team["id"], "secret", "live"))
        owner = self.cstar.members.list(role="owner")["data"][0]
        self.members(owner, MEMBER)
        self.assertEqual(owner["roleDisplayName"], "The Hero")
        settings = self.cstar.get("settings")
        self.assertEqual((settings["object"], settings["teamSlug"]), ("settings", self.team["slug"]))
        self.assertEqual(self.cstar.patch("settings", teamName="Renamed")["teamName"], "Renamed")
        player = self.cstar.get("game/player", userId=owner["userId"])
        self.members(player, PLAYER)
        self.members(player["season"], "id name endsAt")
        self.members(player["stats"], "ticketsClosed bossesDefeated finalBlows achievementsUnlocked questsCompleted")
        subscription = self.cstar.get("billing/subscription")
        self.members(subscription, "object status plan memberCount currentPeriodEnd cancelAtPeriodEnd")
        portal = self.cstar.post("billing/portal", returnUrl="https://example.com/back")
        self.assertRegex(portal["url"], "^https://")

    def test_community(self):
        posts = self.cstar.community_posts
        post = posts.create(title="Dark mode", body="Please.")
        self.members(post, POST)
        self.assertEqual((post["status"], post["visibility"]), ("open", "public"))
        self.assertEqual(posts.update(post["id"], status="planned")["status"], "planned")
        self.assertEqual(self.page(posts.list(sort="votes", status="planned"), 1)[0]["id"], post["id"])
        self.assertTrue(posts.delete(post["id"])["deleted"])

    def test_rules(self):
        rule = self.cstar.automations.create(
            name="Urgent",
            triggerEvent="ticket.created",
            conditions={"all": [{"field": "priority", "operator": "equals", "value": "urgent"}]},
            actions=[{"type": "add_tags", "tags": ["hot"]}],
        )
        self.members(rule, "id name triggerEvent conditions actions enabled executionCount")
        ticket = self.cstar.tickets.create(title="Down", priority="urgent")
        self.assertEqual(self.cstar.tickets.get(ticket["id"])["tags"], ["hot"])
        self.assertEqual(self.cstar.automations.get(rule["id"])["executionCount"], 1)
        targets = {"responseTarget": 30, "resolutionTarget": 240}
        sla = self.cstar.sla.create(name="Urgent", priority="urgent", **targets)
        self.members(sla, "id name priority responseTarget resolutionTarget businessHoursOnly enabled")
        self.assertEqual(self.cstar.sla.list()["data"], [sla])
        field = self.cstar.custom_fields.create(name="Plan", key="plan", type="text", entityType="customers")
        self.members(field, "id name key type entityType required options position")
        self.assertEqual(self.cstar.custom_fields.list(entityType="customers")["data"], [field])
        view = self.cstar.views.create(name="Open", entityType="tickets", filters={"status": "new"})
        self.members(view, "id name entityType filters sortField sortDirection visibility")
        self.assertEqual(self.cstar.views.list(entityType="tickets")["data"], [view])
        self.assertEqual([each["id"] for each in self.cstar.get(f"views/{view['id']}/results")], [ticket["id"]])

    def test_reports_and_batches(self):
        ticket = self.cstar.tickets.create(title="Down", tags=["red"])
        change = {"ids": [ticket["id"]], "data": {"status": "closed"}}
        done = self.cstar.post("bulk", action="update", resource="tickets", **change)
        self.members(done, "object action resource total succeeded failed errors")
        self.assertEqual((done["total"], done["succeeded"], done["errors"]), (1, 1, []))
        records = [{"name": "Jane", "email": "jane@example.com"}]
        for created, skipped in ((1, 0), (0, 1)):
            imported = self.cstar.post("import", resource="customers", records=records, mergeStrategy="skip")
            self.members(imported, "object resource total created updated skipped errors")
            self.assertEqual((imported["created"], imported["skipped"]), (created, skipped))
        exported = self.cstar.post("export", resources=[{"type": "tickets", "filters": {"status": "closed"}}])
        self.members(exported, "object format totalRows resources", "hasMore")
        self.assertEqual(exported["resources"]["tickets"], [self.cstar.tickets.list()["data"][0]])
        overview = self.cstar.get("analytics/overview", period="week")
        self.members(overview, "object period tickets customers csat")
        self.assertEqual(overview["tickets"], {"total": 1, "open": 0, "resolved": 1})
        self.members(overview["customers"], "total active new")
        self.members(overview["csat"], "average totalResponses")
        entries = self.cstar.audit_log.list(resourceType="ticket")["data"]
        self.members(entries[0], "id action resourceType resourceId actorName details createdAt", "actorId")
        self.assertIn("ticket.closed", [each["action"] for each in entries])
        self.assertEqual(self.cstar.tags.list()["data"], [{"object": "tag", "name": "red", "count": 1}])
        self.assertEqual(self.cstar.tags.create(name="blue"), {"object": "tag", "name": "blue", "count": 0})
        answer = self.cstar.post("ai", action="summarize", ticketId=ticket["id"])
        self.members(answer, "object action result")

    def test_notifications(self):
        member = self.cstar.members.list()["data"][0]["id"]
        self.cstar.tickets.create(title="Yours", assignedTo=member)
        unread = self.page(self.cstar.notifications.list(unreadOnly=True), 1)
        self.members(unread[0], "id type title body read createdAt")
        self.assertEqual((unread[0]["type"], unread[0]["read"]), ("ticket_assigned", False))
        self.assertEqual(self.cstar.get("notifications/unread-count"), {"count": 1})

    def test_unpublished_accessors(self):
        for accessor in ("mentions", "attachments", "activity", "community_topics"):
            refusal = self.refused(404, "RESOURCE_MISSING", getattr(self.cstar, accessor).list)
            self.assertIn("published nowhere", refusal.message)

    def test_webhooks(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        webhooks, events = self.cstar.webhooks, ["ticket.created", "ticket.updated", "ticket.closed"]
        made = webhooks.create(name="Ticket sync", url=receiver.url, events=events)
        self.members(made, f"{WEBHOOK} signingSecret secret", WEBHOOK_OURS)
        secret = made["signingSecret"]
        self.assertRegex(secret, "^whsec_")
        listed = webhooks.list(active=True)["data"]
        self.assertEqual([each["id"] for each in listed], [made["id"]])
        single = webhooks.get(made["id"])
        self.members(single, WEBHOOK, WEBHOOK_OURS)
        events = [*events, "customer.created"]
        self.assertEqual(webhooks.update(made["id"], events=events)["events"], events)

        tested = webhooks.test(made["id"], "ticket.created")
        self.members(tested, "deliveryId event url success status responseTimeMs error")
        self.assertEqual((tested["success"], tested["status"], tested["error"]), (True, 200, None))
        headers, body = receiver.received.get(timeout=30)
        self.assertTrue(verify_signature(body, headers["X-Signature"], secret))
        self.assertFalse(verify_signature(body + b" ", headers["X-Signature"], secret))
        fired = webhooks.trigger_test("ticket.created")
        self.assertEqual((fired["event"], fired["test"], fired["deliveredTo"]), ("ticket.created", True, 1))
        receiver.received.get(timeout=30)

        # What an update of a ticket sends, as the documented receiver reads it.
        ticket = self.cstar.tickets.create(title="Sync me")
        receiver.received.get(timeout=30)
        self.cstar.tickets.update(ticket["id"], status="open")
        headers, body = receiver.received.get(timeout=30)
        self.assertTrue(verify_signature(body, headers["X-Signature"], secret))
        event = json.loads(body)
        self.members(event, "id type created_at team_id data")
        self.assertEqual(event["data"]["ticket"]["id"], ticket["id"])
        self.assertEqual(event["data"]["changes"]["status"], {"from": "new", "to": "open"})
        self.assertEqual((headers["X-Event-Type"], headers["X-Event-ID"]), ("ticket.updated", event["id"]))
        self.assertEqual((headers["X-Webhook-ID"], headers["X-Delivery-Attempt"]), (made["id"], "1"))
        self.assertRegex(headers["X-Timestamp"], TIME)
        self.assertEqual(headers["x-cstar-request-id"], self.cstar.last_meta["requestId"])

        self.assertFalse(webhooks.update(made["id"], isActive=False)["isActive"])
        self.assertEqual(webhooks.list(active=True)["data"], [])
        self.assertEqual(webhooks.delete(made["id"]), {"deleted": True})
        self.refused(404, "RESOURCE_MISSING", lambda: webhooks.get(made["id"]))

    def test_realtime(self):
        seen = []
        reader = self.cstar.realtime.on("ticket.*", lambda event: seen.append(event) or len(seen) == 2)
        self.cstar.customers.create(name="Jane", email="jane@example.com")
        ticket = self.cstar.tickets.create(title="Live")
        self.cstar.tickets.update(ticket["id"], status="open")
        reader.join(30)
        self.assertEqual([event["type"] for event in seen], ["ticket.created", "ticket.updated"])
        self.assertEqual({event["data"]["ticket"]["id"] for event in seen}, {ticket["id"]})


if __name__ == "__main__":
    unittest.main()
