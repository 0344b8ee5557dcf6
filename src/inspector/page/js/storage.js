// Settings that stay on this machine. A browser may refuse to store them; then they last as long as the page.

/** @type {Map<string, string>} */
const memory = new Map();
const PREFIX = 'cstar-inspector-';

/** @param {string} name @returns {string | null} */
export function load(name) {
  try {
    return localStorage.getItem(PREFIX + name) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

/** @param {string} name @param {string} value */
export function save(name, value) {
  memory.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The value is in `memory`.
  }
}
