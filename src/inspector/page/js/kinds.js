// Which kind of input a JSON value has. Pure.

/** @param {any} value @returns {import('./fields.js').Kind} */
export function kindOf(value) {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return value.length > 80 || value.includes('\n') ? 'long' : 'text';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return 'list';
  return value === null ? 'text' : 'json';
}
