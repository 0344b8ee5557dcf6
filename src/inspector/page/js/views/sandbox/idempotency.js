// Idempotency keys of forms. Pure.

/** The idempotency key of a form: the same until the request was answered, or its body changed. */
export function createKey() {
  let key = '';
  let body = '';
  let last = '';
  return {
    /** @param {any} next */
    of(next) {
      const text = JSON.stringify(next);
      if (!key || text !== body) key = crypto.randomUUID();
      body = text;
      last = key;
      return key;
    },
    used: () => (key = ''),
    last: () => last,
  };
}
