// JSON as the page shows it: numbers keep their digits, paths are written as `--filter` and `--set` read them.

/** A number whose digits a JavaScript number would change. */
export class ExactNumber {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
  }
}

/** @param {string} text @returns {any} Throws a SyntaxError. */
export function parseJson(text) {
  return JSON.parse(text, /** @type {any} */ (exact));
}

/** @param {string} _name @param {any} value @param {{ source?: string }} [context] */
function exact(_name, value, context) {
  if (typeof value === 'number' && context?.source && String(value) !== context.source) return new ExactNumber(context.source);
  return value;
}

/** The value, or `undefined` for text that is not JSON. @param {string | null | undefined} text */
export function tryJson(text) {
  if (!text) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** @param {any} value */
export const isContainer = (value) => value !== null && typeof value === 'object' && !(value instanceof ExactNumber);

/** The members of an object or an array. @param {any} value @returns {[string, any][]} */
export const members = (value) => Object.entries(value);

/** @param {string} path @param {string} name @param {boolean} inArray */
export function childPath(path, name, inArray) {
  if (inArray) return `${path}[${name}]`;
  const step = name.replace(/[\\.[\]=!~ ]/g, '\\$&');
  return path ? `${path}.${step}` : step;
}

/** The condition of `--filter` that a value fulfils; a container only has to exist. @param {string} path @param {any} value */
export function condition(path, value) {
  if (isContainer(value)) return `${path} exists`;
  // A text that reads as JSON needs quotes, or it means the number or the word.
  const bare = typeof value === 'string' && value !== '' && value.trim() === value && tryJson(value) === undefined;
  return `${path}=${bare ? value : inline(value)}`;
}

/** A value in one line. @param {any} value @returns {string} */
export function inline(value) {
  if (value instanceof ExactNumber) return value.source;
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isContainer(value)) return `{${members(value).map(([name, item]) => `${JSON.stringify(name)}: ${inline(item)}`).join(', ')}}`;
  return JSON.stringify(value);
}

/** Indented JSON. @param {any} value @param {string} [indent] @returns {string} */
export function pretty(value, indent = '') {
  if (!isContainer(value)) return inline(value);
  const list = members(value);
  const array = Array.isArray(value);
  if (!list.length) return array ? '[]' : '{}';
  const inner = `${indent}  `;
  const lines = list.map(([name, item]) => `${inner}${array ? '' : `${JSON.stringify(name)}: `}${pretty(item, inner)}`);
  return `${array ? '[' : '{'}\n${lines.join(',\n')}\n${indent}${array ? ']' : '}'}`;
}
