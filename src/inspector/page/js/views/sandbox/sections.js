// The pages of the sandbox, and what each shows of its objects. Fields, choices and filters are in the OpenAPI document.

/**
 * @typedef {{ name: string, title: string, one: string, path: string, schema?: string, columns: string[],
 *   resource?: string, kind?: 'plain' | 'webhook' | 'key', note?: string }} Section
 * `path`: below the team. `schema`: the prefix of `…Creation` and `…Update`. `resource`: its name in events.
 * @type {Section[]}
 */
export const SECTIONS = [
  {
    name: 'tickets',
    title: 'Tickets',
    one: 'ticket',
    path: 'tickets',
    schema: 'Ticket',
    resource: 'ticket',
    columns: ['title', 'status', 'priority', 'customerName', 'updatedAt'],
  },
  {
    name: 'customers',
    title: 'Customers',
    one: 'customer',
    path: 'customers',
    schema: 'Customer',
    resource: 'customer',
    columns: ['name', 'email', 'status', 'sentiment', 'updatedAt'],
  },
  {
    name: 'articles',
    title: 'Articles',
    one: 'article',
    path: 'articles',
    schema: 'Article',
    resource: 'article',
    columns: ['title', 'status', 'isPublic', 'tags', 'updatedAt'],
  },
  {
    name: 'categories',
    title: 'Categories',
    one: 'category',
    path: 'categories',
    schema: 'Category',
    columns: ['name', 'slug', 'isPublic', 'updatedAt'],
    note: 'Changes of categories send no events.',
  },
  {
    name: 'groups',
    title: 'Customer groups',
    one: 'customer group',
    path: 'customer-groups',
    schema: 'CustomerGroup',
    resource: 'customer_group',
    columns: ['name', 'description', 'updatedAt'],
  },
  {
    name: 'posts',
    title: 'Community posts',
    one: 'community post',
    path: 'community/posts',
    schema: 'CommunityPost',
    resource: 'community_post',
    columns: ['title', 'status', 'visibility', 'vote_count', 'created_at'],
  },
  {
    name: 'webhooks',
    title: 'Webhooks',
    one: 'webhook',
    path: 'webhooks',
    schema: 'Webhook',
    kind: 'webhook',
    columns: ['name', 'url', 'events', 'isActive', 'consecutiveFailures'],
  },
  {
    name: 'keys',
    title: 'API keys',
    one: 'API key',
    path: 'api-keys',
    schema: 'ApiKey',
    kind: 'key',
    columns: ['name', 'type', 'environment', 'prefix', 'lastUsedAt'],
  },
];

/** Columns whose values say who someone is; the masked mode hides them. */
export const PERSONAL = new Set(['title', 'name', 'email', 'customerName', 'notes', 'content', 'url']);
