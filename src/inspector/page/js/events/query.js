// The filters of the timeline as they are in the address and in requests.

export const FILTERS = ['q', 'type', 'status', 'target', 'slower', 'filter', 'changed', 'since', 'until'];

/** Rows in one request. */
export const PAGE = 200;

/** @param {Record<string, string>} params */
export function filtersOf(params) {
  return Object.fromEntries(FILTERS.map((name) => [name, params[name] ?? '']));
}

/** The parameters of the first request. @param {Record<string, any>} filters */
export const firstPage = (filters) => ({ ...filters, limit: PAGE });
