// The filters of the timeline as they are in the address and in requests.

export const FILTERS = ['q', 'type', 'status', 'target', 'slower', 'filter', 'changed', 'since', 'until'];

/** Rows in one request. */
export const PAGE = 200;

/** @param {Record<string, string>} params */
export function filtersOf(params) {
  return Object.fromEntries(FILTERS.map((name) => [name, params[name] ?? '']));
}

/** The parameters of the first request. With filters, the rows are wanted before all events have been searched.
 * @param {Record<string, any>} filters */
export const firstPage = (filters) => ({ ...filters, limit: PAGE, ...(Object.values(filters).some(Boolean) ? { total: 0 } : { keep: 1 }) });

/** The parameters of the request that searches the rest, up to the newest event of the first page.
 * @param {Record<string, any>} filters @param {number | null} pin */
export const wholeList = (filters, pin) => ({ ...filters, limit: PAGE, up_to: pin, keep: 1 });
