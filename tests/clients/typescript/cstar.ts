// A client of cStar with the accessors and shapes that the documentation of its SDK shows, on `fetch`.

import { createHmac, timingSafeEqual } from "node:crypto";

export interface Pagination {
  total: number;
  page: number;
  pageSize: number;
  hasMore: boolean;
}

export interface Meta {
  requestId: string;
  timestamp: string;
}

export interface Answer<T> {
  data: T;
  meta: Meta;
}

export interface List<T> extends Answer<T[]> {
  pagination: Pagination;
}

export interface Message {
  id: string;
  ticketId: string;
  content: string;
  sender: "agent" | "customer" | "system";
  senderName: string;
  isInternal: boolean;
  createdAt: string;
}

export interface Ticket {
  id: string;
  object: "ticket";
  title: string;
  status: "new" | "open" | "pending" | "resolved" | "closed";
  priority: "low" | "normal" | "high" | "urgent";
  customerId: string | null;
  customerName: string | null;
  assignedTo: string | null;
  tags: string[];
  notes: string | null;
  messageCount: number;
  metadata: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  resolvedAt: string | null;
  messages?: Message[];
}

export interface Customer {
  id: string;
  object: "customer";
  name: string;
  email: string;
  sentiment: string;
  status: "active" | "inactive";
  tags: string[];
  metadata: Record<string, unknown>;
}

export interface Article {
  id: string;
  object: "article";
  title: string;
  slug: string;
  content: string;
  categoryId: string | null;
  status: "draft" | "published" | "archived";
  viewCount: number;
}

export interface Webhook {
  id: string;
  name: string;
  url: string;
  events: string[];
  isActive: boolean;
  signingSecret?: string;
}

export interface TestDelivery {
  deliveryId: string;
  event: string;
  url: string;
  success: boolean;
  status: number | null;
  responseTimeMs: number;
  error: string | null;
}

export interface Triggered {
  event: string;
  deliveredTo: number;
}

export interface CStarEvent {
  id: string;
  type: string;
  created_at: string;
  team_id: string;
  data: { ticket?: { id: string }; changes?: Record<string, { from: unknown; to: unknown }> };
}

export interface WhoAmI {
  teamId: string;
  teamName: string;
  teamSlug: string;
  keyType: "secret" | "publishable";
  environment: "live" | "test";
}

/** An object whose members the suite compares by name. */
export type Members = Record<string, unknown> & { id: string };

type Query = Record<string, string | number | boolean>;
type Body = Record<string, unknown>;

/** A refusal; the members are those of the documented error object. */
export class CStarError extends Error {
  readonly type: string;
  readonly code: string;
  readonly param: string | undefined;
  readonly requestId: string;

  constructor(
    readonly statusCode: number,
    error: { type: string; code: string; message: string; param?: string; request_id: string },
  ) {
    super(error.message);
    this.type = error.type;
    this.code = error.code;
    this.param = error.param;
    this.requestId = error.request_id;
  }
}

export async function exchange<T>(method: string, url: string, key?: string | null, body?: Body): Promise<T> {
  const headers: Record<string, string> = {};
  if (key) headers["Authorization"] = `Bearer ${key}`;
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(url, { method, headers, body: body ? JSON.stringify(body) : null });
  const answer = await response.json();
  if (!response.ok) throw new CStarError(response.status, answer.error);
  return answer as T;
}

function withQuery(url: string, query: Query): string {
  const pairs = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return pairs.size ? `${url}?${pairs}` : url;
}

/** The calls of a resource that is listed. */
export class Resource<T> {
  constructor(
    protected readonly client: CStarClient,
    protected readonly path: string,
  ) {}

  list(query: Query = {}): Promise<List<T>> {
    return this.client.send<List<T>>("GET", withQuery(this.path, query));
  }

  get(id: string): Promise<Answer<T>> {
    return this.client.send("GET", `${this.path}/${id}`);
  }

  create(body: Body): Promise<Answer<T>> {
    return this.client.send("POST", this.path, body);
  }

  update(id: string, body: Body): Promise<Answer<T>> {
    return this.client.send("PATCH", `${this.path}/${id}`, body);
  }

  delete(id: string): Promise<Answer<{ deleted: true; id?: string }>> {
    return this.client.send("DELETE", `${this.path}/${id}`);
  }
}

/** The documented calls resolve to the webhook itself. */
class Webhooks {
  private readonly all: Resource<Webhook>;

  constructor(private readonly client: CStarClient) {
    this.all = new Resource(client, "webhooks");
  }

  create = async (body: Body): Promise<Webhook> => (await this.all.create(body)).data;
  get = async (id: string): Promise<Webhook> => (await this.all.get(id)).data;
  update = async (id: string, body: Body): Promise<Webhook> => (await this.all.update(id, body)).data;
  delete = (id: string) => this.all.delete(id);
  list = (query: Query) => this.all.list(query);

  async test(id: string, event: string): Promise<TestDelivery> {
    return (await this.client.send<Answer<TestDelivery>>("POST", `webhooks/${id}/test`, { event })).data;
  }

  async triggerTest(body: { event: string }): Promise<Triggered> {
    return (await this.client.send<Answer<Triggered>>("POST", "webhooks/trigger-test", body)).data;
  }
}

class Realtime {
  constructor(private readonly client: CStarClient) {}

  /** Resolves once the server sends events. The result ends the subscription. */
  async on(pattern: string, callback: (event: CStarEvent) => void): Promise<() => void> {
    const stop = new AbortController();
    const response = await fetch(withQuery(`${this.client.teamUrl}/realtime`, { types: pattern }), {
      headers: { Authorization: `Bearer ${this.client.key}` },
      signal: stop.signal,
    });
    const read = async () => {
      let rest = "";
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines.filter((line) => line.startsWith("data: "))) {
          const event = JSON.parse(line.slice("data: ".length));
          if ("type" in event) callback(event);
        }
      }
    };
    read().catch((error) => {
      if (!stop.signal.aborted) throw error;
    });
    return () => stop.abort();
  }
}

export class CStarClient {
  readonly key: string;
  readonly teamUrl: string;
  private readonly baseUrl: string;
  lastMeta: Meta | undefined;

  readonly tickets = new Resource<Ticket>(this, "tickets");
  readonly customers = new Resource<Customer>(this, "customers");
  readonly articles = new Resource<Article>(this, "articles");
  readonly categories = new Resource<Members>(this, "categories");
  readonly customerGroups = new Resource<Members>(this, "customer-groups");
  readonly members = new Resource<Members>(this, "members");
  readonly automations = new Resource<Members>(this, "automations");
  readonly notifications = new Resource<Members>(this, "notifications");
  readonly mentions = new Resource<never>(this, "mentions");
  readonly attachments = new Resource<never>(this, "attachments");
  readonly activity = new Resource<never>(this, "activity");
  readonly customFields = new Resource<Members>(this, "custom-fields");
  readonly sla = new Resource<Members>(this, "sla/rules");
  readonly auditLog = new Resource<Members>(this, "audit-log");
  readonly tags = new Resource<{ object: "tag"; name: string; count: number }>(this, "tags");
  readonly views = new Resource<Members>(this, "views");
  readonly community = {
    posts: new Resource<Members>(this, "community/posts"),
    topics: new Resource<never>(this, "community/topics"),
  };
  readonly webhooks = new Webhooks(this);
  readonly realtime = new Realtime(this);

  constructor(options: { apiKey: string; teamId: string; baseUrl: string }) {
    this.key = options.apiKey;
    this.baseUrl = options.baseUrl;
    this.teamUrl = `${options.baseUrl}/api/v1/teams/${options.teamId}`;
  }

  async send<T extends { meta: Meta }>(method: string, path: string, body?: Body): Promise<T> {
    const answer = await exchange<T>(method, `${this.teamUrl}/${path}`, this.key, body);
    this.lastMeta = answer.meta;
    return answer;
  }

  async call<T = Record<string, any>>(method: "GET" | "POST" | "PATCH", path: string, body?: Body): Promise<T> {
    return (await this.send<Answer<T>>(method, path, body)).data;
  }

  async whoami(): Promise<WhoAmI> {
    return (await exchange<{ data: WhoAmI }>("GET", `${this.baseUrl}/api/v1/auth/whoami`, this.key)).data;
  }
}

/** The public knowledge base: no key. */
export class LibraryClient {
  private readonly url: string;

  constructor(options: { teamSlug: string; baseUrl: string }) {
    this.url = `${options.baseUrl}/api/library/${options.teamSlug}`;
  }

  private async read<T>(path: string, query: Query = {}): Promise<T> {
    return (await exchange<{ data: T }>("GET", withQuery(`${this.url}/${path}`, query))).data;
  }

  categories = () => this.read<Members[]>("categories");
  articles = (query: Query = {}) => this.read<Article[]>("articles", query);
  article = (slug: string) => this.read<Article>(`articles/${slug}`);
  search = (text: string) => this.read<Article[]>("search", { q: text });
  popularArticles = (limit: number) => this.articles({ sort: "popular", limit });
  stats = () => this.read<Record<string, number>>("stats");
}

interface Session {
  accessToken: string;
  refreshToken?: string;
  customer: { id: string; email: string; name: string };
}

/** The session of a customer. */
export class AuthClient {
  private readonly url: string;
  private kept: Session | undefined;

  constructor(options: { teamSlug: string; baseUrl: string }) {
    this.url = `${options.baseUrl}/api/auth/${options.teamSlug}`;
  }

  get isAuthenticated(): boolean {
    return this.kept !== undefined;
  }

  get accessToken(): string | undefined {
    return this.kept?.accessToken;
  }

  getCustomer() {
    return this.kept?.customer;
  }

  private async start(path: string, body: Body): Promise<Session> {
    return (this.kept = (await exchange<{ data: Session }>("POST", `${this.url}/${path}`, null, body)).data);
  }

  signup = (body: { email: string; password: string; name: string }) => this.start("signup", body);
  login = (body: { email: string; password: string }) => this.start("login", body);

  async logout(): Promise<void> {
    await exchange("POST", `${this.url}/logout`, this.accessToken);
    this.kept = undefined;
  }
}

/** Whether `X-Signature` fits the raw body and is not older than the tolerance. */
export function verifySignature(body: string, header: string, secret: string, toleranceSeconds = 300): boolean {
  const parts = new Map(header.split(",").map((part) => part.split("=", 2) as [string, string]));
  const time = Number(parts.get("t"));
  if (!(Math.abs(Date.now() / 1000 - time) <= toleranceSeconds)) return false;
  const given = Buffer.from(parts.get("v1") ?? "", "hex");
  const expected = createHmac("sha256", secret).update(`${time}.${body}`).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
