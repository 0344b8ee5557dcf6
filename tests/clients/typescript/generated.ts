// The client of `openapi-fetch` with the types that `openapi-typescript` makes of the sandbox's document, `api.ts`.

import assert from "node:assert/strict";
import { test } from "node:test";

import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

const cstar = createClient<paths>({ baseUrl: process.env["CSTAR_BASE_URL"]! });

/** The data of a response that is no refusal. */
function data<T>(result: { data?: T; error?: unknown }): T {
  assert(result.data !== undefined, JSON.stringify(result.error));
  return result.data;
}

async function setUp() {
  const team = data(await cstar.POST("/_sandbox/teams", { body: {} }));
  return { headers: { Authorization: `Bearer ${team.keys.secret_live}` }, team: team.id };
}

test("a ticket", async () => {
  const { headers, team } = await setUp();
  const all = "/api/v1/teams/{team}/tickets";
  const one = "/api/v1/teams/{team}/tickets/{id}";
  const body: components["schemas"]["TicketCreation"] = { title: "Need help", priority: "high" };
  const made = data(await cstar.POST(all, { headers, params: { path: { team } }, body })).data;
  const query = { priority: "high", pageSize: 5 } as const;
  const listed = data(await cstar.GET(all, { headers, params: { path: { team }, query } }));
  assert.deepEqual([listed.data, listed.pagination?.total], [[made], 1]);
  const params = { path: { team, id: made.id } };
  assert.equal(data(await cstar.GET(one, { headers, params })).data.title, "Need help");
  const changed = data(await cstar.PATCH(one, { headers, params, body: { status: "resolved" } })).data;
  assert.equal(changed.status satisfies "new" | "open" | "pending" | "resolved" | "closed", "resolved");
  data(await cstar.DELETE(one, { headers, params }));
  const { error, response } = await cstar.GET(one, { headers, params });
  assert.deepEqual([response.status, error?.error.message], [404, "Ticket not found"]);
});

test("a customer", async () => {
  const { headers, team } = await setUp();
  const all = "/api/v1/teams/{team}/customers";
  const one = "/api/v1/teams/{team}/customers/{id}";
  const body = { name: "Jane", email: "jane@example.com" };
  const made = data(await cstar.POST(all, { headers, params: { path: { team } }, body })).data;
  const query = { search: "jane@example.com" };
  assert.deepEqual(data(await cstar.GET(all, { headers, params: { path: { team }, query } })).data, [made]);
  const params = { path: { team, id: made.id } };
  data(await cstar.PATCH(one, { headers, params, body: { sentiment: "happy" } }));
  assert.equal(data(await cstar.GET(one, { headers, params })).data.sentiment, "happy");
});

test("a rule for deadlines, a view and an export", async () => {
  const { headers, team } = await setUp();
  const params = { path: { team } };
  const rule = { name: "Urgent", priority: "urgent", responseTarget: 30, resolutionTarget: 240 } as const;
  const made = data(await cstar.POST("/api/v1/teams/{team}/sla/rules", { headers, params, body: rule })).data;
  const listed = data(await cstar.GET("/api/v1/teams/{team}/sla/rules", { headers, params })).data;
  assert.deepEqual([listed, made.businessHoursOnly], [[made], false]);
  const view = { name: "New", entityType: "tickets", filters: { status: "new" } } as const;
  assert.match(data(await cstar.POST("/api/v1/teams/{team}/views", { headers, params, body: view })).data.id, /^view_/);
  const body: components["schemas"]["ExportCreation"] = {
    resources: [{ type: "tickets", filters: { status: "new" } }],
  };
  const exported = data(await cstar.POST("/api/v1/teams/{team}/export", { headers, params, body }));
  assert(typeof exported !== "string");
  assert.equal(exported.data.totalRows, 0);
});
