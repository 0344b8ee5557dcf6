// Every call that the documentation of the SDK shows, against a running sandbox: CSTAR_BASE_URL is its address.
//
// Each test has a team of its own. The compiler checks that the documented types are enough for the documented code.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";

import {
  AuthClient,
  CStarClient,
  CStarError,
  type CStarEvent,
  LibraryClient,
  exchange,
  verifySignature,
} from "./cstar.js";

const baseUrl = process.env["CSTAR_BASE_URL"]!;

interface Team {
  id: string;
  slug: string;
  keys: Record<"secret_live" | "secret_test" | "publishable_live", string>;
}

async function setUp() {
  const team = await exchange<Team>("POST", `${baseUrl}/_sandbox/teams`, null, {});
  const clientWith = (apiKey: string) => new CStarClient({ apiKey, teamId: team.id, baseUrl });
  return { team, cstar: clientWith(team.keys.secret_live), clientWith };
}

function members(value: object, documented: string, ours = ""): void {
  assert.deepEqual(Object.keys(value).sort(), `${documented} ${ours}`.split(/\s+/).filter(Boolean).sort());
}

async function refused(statusCode: number, code: string, call: Promise<unknown>): Promise<CStarError> {
  const error = await call.then(
    () => assert.fail("not refused"),
    (error: unknown) => error,
  );
  assert(error instanceof CStarError, String(error));
  assert.deepEqual([error.statusCode, error.code], [statusCode, code]);
  assert.match(error.requestId, /^req_\w+$/);
  return error;
}

test("tickets: create, list, update, delete", async () => {
  const { cstar } = await setUp();
  const { data: none, pagination } = await cstar.tickets.list({ status: "open" });
  assert.deepEqual([none, pagination], [[], { total: 0, page: 1, pageSize: 20, hasMore: false }]);
  const { data: ticket } = await cstar.tickets.create({ title: "Need help", priority: "high" });
  members(
    ticket,
    `id object title status priority customerId customerName assignedTo tags notes messageCount responseDeadline
     resolutionDeadline firstResponseAt responseTier resolutionTier slaPaused metadata createdAt updatedAt closedAt
     resolvedAt`,
  );
  assert.match(cstar.lastMeta!.requestId, /^req_\w+$/);
  const { data: resolved } = await cstar.tickets.update(ticket.id, { status: "resolved" });
  assert.equal(resolved.status, "resolved");
  const message = await cstar.call("POST", `tickets/${ticket.id}/messages`, { content: "Hello", sender: "agent" });
  members(message, "id ticketId content sender senderName isInternal createdAt");
  const { data: single } = await cstar.tickets.get(ticket.id);
  assert.deepEqual(single.messages, [message]);
  assert.deepEqual((await cstar.tickets.delete(ticket.id)).data, { deleted: true, id: ticket.id });
  const missing = await refused(404, "RESOURCE_MISSING", cstar.tickets.get(ticket.id));
  assert.deepEqual([missing.type, missing.message], ["not_found_error", "Ticket not found"]);
});

test("the form and the searches of the quick patterns", async () => {
  const { cstar } = await setUp();
  const form = { title: "A billing issue", priority: "normal", customerName: "Jane", tags: ["web-form"] };
  const { data: made } = await cstar.tickets.create(form);
  await cstar.tickets.create({ title: "Down", priority: "urgent", status: "open" });
  const urgent = await cstar.tickets.list({ status: "open", priority: "urgent" });
  const matches = await cstar.tickets.list({ search: "billing issue" });
  assert.deepEqual([urgent.data.length, matches.data], [1, [made]]);
  const { data: jane } = await cstar.customers.create({ name: "Jane", email: "jane@example.com" });
  members(
    jane,
    "id object name email sentiment status tags notes customFields ticketCount metadata createdAt updatedAt",
  );
  assert.deepEqual((await cstar.customers.list({ search: "jane@example.com" })).data, [jane]);
  const found = await cstar.call<object[]>("GET", "search?q=billing&types=tickets&limit=10");
  assert.equal(found.length, 1);
  members(found[0]!, "object type id title snippet");
});

test("errors", async () => {
  const { cstar, team, clientWith } = await setUp();
  const missing = await refused(400, "parameter_missing", cstar.tickets.create({ priority: "high" }));
  assert.deepEqual([missing.param, missing.message], ["title", "The 'title' field is required."]);
  const reader = clientWith(team.keys.publishable_live);
  await refused(403, "publishable_key_write", reader.tickets.create({ title: "No" }));
  await refused(401, "invalid_api_key", clientWith(`sk_live_${"x".repeat(32)}`).tickets.list());
  await cstar.tickets.create({ title: "Live" });
  assert.deepEqual((await clientWith(team.keys.secret_test).tickets.list()).data, []);
});

test("articles and the public library", async () => {
  const { cstar, team } = await setUp();
  const { data: category } = await cstar.categories.create({ name: "Billing" });
  const body = { title: "Reset password", content: "Open it.", categoryId: category.id };
  const { data: article } = await cstar.articles.create({ ...body, status: "published", isPublic: true });
  const library = new LibraryClient({ teamSlug: team.slug, baseUrl });
  const lists = [
    await library.articles({ categorySlug: "billing" }),
    await library.search("reset password"),
    await library.popularArticles(5),
  ];
  assert.deepEqual(lists.map((list) => list.map(({ id }) => id)), [[article.id], [article.id], [article.id]]);
  assert.equal((await library.article("reset-password")).content, "Open it.");
  assert.deepEqual((await library.categories()).map(({ slug }) => slug), ["billing"]);
  assert.equal((await library.stats())["totalArticles"], 1);
});

test("customer auth", async () => {
  const { team } = await setUp();
  const auth = new AuthClient({ teamSlug: team.slug, baseUrl });
  await auth.signup({ email: "jane@example.com", password: "securepass", name: "Jane" });
  await auth.login({ email: "jane@example.com", password: "securepass" });
  assert(auth.isAuthenticated);
  assert.equal(auth.accessToken!.split(".").length, 3);
  const { email, name } = auth.getCustomer()!;
  assert.deepEqual([email, name], ["jane@example.com", "Jane"]);
  await auth.logout();
  assert(!auth.isAuthenticated);
  await assert.rejects(auth.login({ email: "jane@example.com", password: "another one" }), { statusCode: 401 });
});

test("every other accessor", async () => {
  const { cstar, team } = await setUp();
  const who = await cstar.whoami();
  assert.deepEqual([who.teamId, who.keyType, who.environment], [team.id, "secret", "live"]);
  const conditions = { all: [{ field: "priority", operator: "equals", value: "urgent" }] };
  const actions = [{ type: "add_tags", tags: ["hot"] }];
  const rule = { name: "Urgent", triggerEvent: "ticket.created", conditions, actions };
  members(
    (await cstar.automations.create(rule)).data,
    "id name triggerEvent conditions actions enabled executionCount",
  );
  const { data: owners } = await cstar.members.list({ role: "owner" });
  const owner = owners[0]!;
  members(owner, "id userId name email avatarUrl role roleDisplayName permissions level xp joinedAt");
  const urgent = { title: "Down", priority: "urgent", assignedTo: owner.id };
  const { data: ticket } = await cstar.tickets.create(urgent);
  assert.deepEqual((await cstar.tickets.get(ticket.id)).data.tags, ["hot"]);
  const { data: unread } = await cstar.notifications.list({ unreadOnly: true });
  members(unread[0]!, "id type title body read createdAt");
  const targets = { responseTarget: 30, resolutionTarget: 240 };
  members(
    (await cstar.sla.create({ name: "Urgent", priority: "urgent", ...targets })).data,
    "id name priority responseTarget resolutionTarget businessHoursOnly enabled",
  );
  members(
    (await cstar.customFields.create({ name: "Plan", key: "plan", type: "text", entityType: "customers" })).data,
    "id name key type entityType required options position",
  );
  const { data: view } = await cstar.views.create({ name: "New", entityType: "tickets", filters: { status: "new" } });
  members(view, "id name entityType filters sortField sortDirection visibility");
  assert.equal((await cstar.call<unknown[]>("GET", `views/${view.id}/results`)).length, 1);
  members(
    (await cstar.community.posts.create({ title: "Dark mode", body: "Please." })).data,
    `id title slug body topic_id status visibility vote_count comment_count is_pinned is_locked custom_fields
     attachments created_at`,
  );
  members(
    (await cstar.customerGroups.create({ name: "VIP" })).data,
    "id object name slug description externalId customFields customerCount createdAt updatedAt",
  );
  const change = { action: "update", resource: "tickets", ids: [ticket.id], data: { status: "closed" } };
  const bulk = await cstar.call("POST", "bulk", change);
  members(bulk, "object action resource total succeeded failed errors");
  assert.equal(bulk["succeeded"], 1);
  const records = [{ name: "Jane", email: "jane@example.com" }];
  const imported = await cstar.call("POST", "import", { resource: "customers", records });
  members(imported, "object resource total created updated skipped errors");
  const exported = await cstar.call("POST", "export", { resources: [{ type: "tickets", filters: {} }] });
  members(exported, "object format totalRows resources", "hasMore");
  members(await cstar.call("GET", "analytics/overview?period=week"), "object period tickets customers csat");
  const { data: log } = await cstar.auditLog.list({ resourceType: "ticket" });
  members(log[0]!, "id action resourceType resourceId actorName details createdAt", "actorId");
  assert.deepEqual((await cstar.tags.list()).data, [{ object: "tag", name: "hot", count: 1 }]);
  members(await cstar.call("POST", "ai", { action: "summarize", ticketId: ticket.id }), "object action result");
  const player = await cstar.call("GET", `game/player?userId=${owner["userId"]}`);
  members(player["season"], "id name endsAt");
  const subscription = await cstar.call("GET", "billing/subscription");
  members(subscription, "object status plan memberCount currentPeriodEnd cancelAtPeriodEnd");
  assert.equal((await cstar.call("PATCH", "settings", { teamName: "Renamed" }))["teamName"], "Renamed");
  for (const accessor of [cstar.mentions, cstar.attachments, cstar.activity, cstar.community.topics]) {
    const error = await refused(404, "RESOURCE_MISSING", accessor.list());
    assert.match(error.message, /published nowhere/);
  }
});

test("webhooks", async (context) => {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    received.push({ headers: request.headers, body });
    response.end();
    server.emit("received");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close().closeAllConnections());
  const next = async () => {
    if (!received.length) await once(server, "received");
    return received.shift()!;
  };

  const { cstar } = await setUp();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cstar-webhooks`;
  const events = ["ticket.created", "ticket.updated", "ticket.closed"];
  const webhook = await cstar.webhooks.create({ name: "Ticket sync", url, events });
  const secret = webhook.signingSecret!;
  assert.match(secret, /^whsec_/);
  assert.deepEqual((await cstar.webhooks.list({ active: true })).data.map(({ id }) => id), [webhook.id]);
  assert.equal((await cstar.webhooks.get(webhook.id)).signingSecret, undefined);
  const more = [...events, "customer.created"];
  assert.deepEqual((await cstar.webhooks.update(webhook.id, { events: more })).events, more);

  const tested = await cstar.webhooks.test(webhook.id, "ticket.created");
  members(tested, "deliveryId event url success status responseTimeMs error");
  assert.deepEqual([tested.success, tested.status, tested.error], [true, 200, null]);
  const delivery = await next();
  assert(verifySignature(delivery.body, String(delivery.headers["x-signature"]), secret));
  assert(!verifySignature(`${delivery.body} `, String(delivery.headers["x-signature"]), secret));
  const fired = await cstar.webhooks.triggerTest({ event: "ticket.created" });
  assert.deepEqual([fired.event, fired.deliveredTo], ["ticket.created", 1]);
  await next();

  const { data: ticket } = await cstar.tickets.create({ title: "Sync me" });
  await next();
  await cstar.tickets.update(ticket.id, { status: "open" });
  const { headers, body } = await next();
  const event: CStarEvent = JSON.parse(body);
  assert.deepEqual([event.type, event.data.ticket?.id], ["ticket.updated", ticket.id]);
  assert.deepEqual(event.data.changes?.["status"], { from: "new", to: "open" });
  assert.deepEqual(
    ["x-event-type", "x-event-id", "x-webhook-id", "x-delivery-attempt", "x-cstar-request-id"].map((name) => headers[name]),
    [event.type, event.id, webhook.id, "1", cstar.lastMeta!.requestId],
  );

  assert.equal((await cstar.webhooks.update(webhook.id, { isActive: false })).isActive, false);
  assert.deepEqual((await cstar.webhooks.delete(webhook.id)).data, { deleted: true });
  await refused(404, "RESOURCE_MISSING", cstar.webhooks.get(webhook.id));
});

test("realtime", async () => {
  const { cstar } = await setUp();
  const seen: CStarEvent[] = [];
  let done: () => void;
  const two = new Promise<void>((resolve) => (done = resolve));
  const off = await cstar.realtime.on("ticket.*", (event) => {
    seen.push(event);
    if (seen.length === 2) done();
  });
  await cstar.customers.create({ name: "Jane", email: "jane@example.com" });
  const { data: ticket } = await cstar.tickets.create({ title: "Live" });
  await cstar.tickets.update(ticket.id, { status: "open" });
  await two;
  off();
  assert.deepEqual(seen.map(({ type }) => type), ["ticket.created", "ticket.updated"]);
  assert(seen.every(({ data }) => data.ticket?.id === ticket.id));
});
