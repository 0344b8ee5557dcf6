// Builds elements. Text only ever becomes text nodes, so remote text cannot become markup; there is no way to
// pass markup. Characters that hide or reorder text are shown as visible marks.

/** @typedef {Node | string | number | null | undefined | false} Plain */
/** @typedef {Plain | Plain[] | Plain[][]} Child */

const SVG = 'http://www.w3.org/2000/svg';

// Control characters, bidi controls, invisible characters and lone surrogates. Tab and line feed stay, and so do
// the joiners U+200C and U+200D, which emoji and several scripts need.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/** The escape of a character, as in JSON. @param {string} char */
function escaped(char) {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** Text for attributes, titles and file names: hidden characters become escapes. @param {unknown} value */
export function plain(value) {
  return String(value).replace(HIDDEN, escaped);
}

/** Text nodes, with a marked escape for each hidden character. @param {unknown} value @returns {Node[]} */
export function textNodes(value) {
  const text = String(value);
  if (text.search(HIDDEN) < 0) return [document.createTextNode(text)];
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) nodes.push(document.createTextNode(text.slice(from, match.index)));
    const mark = document.createElement('span');
    mark.className = 'hidden-char';
    mark.textContent = escaped(match[0]);
    mark.title = 'A character that is not visible, or that changes the direction of the text';
    nodes.push(mark);
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/** @param {Element | DocumentFragment} parent @param {any[]} children */
export function append(parent, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    if (child instanceof Node) parent.append(child);
    else parent.append(...textNodes(child));
  }
}

/** Replaces the children of an element. @param {Element} parent @param {any[]} children */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, ...children);
}

// Properties rather than attributes, because they hold what the user edits or a state.
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'selected', 'hidden', 'open', 'tabIndex', 'indeterminate']);

/**
 * `h('button', { class: 'primary', onclick: save, 'aria-label': 'Save' }, 'Save')`. A key that begins with `on`
 * takes a function. `null`, `undefined` and `false` leave an attribute out; `true` makes it empty.
 * @param {string} tag @param {Record<string, any> | null} [props] @param {any[]} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  assign(element, props ?? {});
  append(element, ...children);
  return element;
}

/** The same for SVG. @param {string} tag @param {Record<string, any> | null} [props] @param {any[]} children */
export function svg(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  assign(element, props ?? {});
  append(element, ...children);
  return element;
}

/** @param {any} element @param {Record<string, any>} props */
function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) {
      if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    } else if (PROPERTIES.has(name)) {
      // An absent value is no value, not the text `undefined`.
      if (name !== 'value' || (value !== null && value !== undefined)) element[name] = value ?? false;
    } else if (name === 'style' || name === 'srcdoc') {
      // The content security policy refuses style attributes; use classes, or `vars`.
      throw new TypeError(`the attribute ${name} is not allowed`);
    } else if (name === 'vars') {
      for (const [key, item] of Object.entries(value)) element.style.setProperty(key, String(item));
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : plain(value));
    }
  }
}

/** A link, only to addresses that a browser opens as a page; other addresses become text.
 * @param {string} address @param {any[]} children */
export function externalLink(address, ...children) {
  const content = children.length ? children : [address];
  if (!/^https?:\/\//i.test(address)) return h('span', null, ...content);
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, ...content);
}

/** An icon of the set below, 16 px. @param {keyof typeof ICONS} name */
export function icon(name) {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: ICONS[name], fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }),
  );
}

const ICONS = {
  replay: 'M13 8a5 5 0 1 1-1.5-3.500M13 2v3h-3',
  edit: 'M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.200zM9.5 4.300l2.2 2.2',
  copy: 'M6 6h7v7H6zM3.5 10H3V3h7v.5',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M9.5 3.500L5 8l4.5 4.5',
  next: 'M6.5 3.500L11 8l-4.5 4.5',
  up: 'M3.5 9.500L8 5l4.5 4.5',
  down: 'M3.5 6.500L8 11l4.5-4.5',
  expand: 'M9.5 3H13v3.500M6.5 13H3V9.500M13 3L9 7M3 13l4-4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.700L14 14',
  sun: 'M8 10.800a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM8 1.500v1.200M8 13.300v1.200M1.5 8h1.200M13.3 8h1.200M3.4 3.400l.9.9M11.7 11.700l.9.9M3.4 12.600l.9-.9M11.7 4.300l.9-.9',
  moon: 'M13 9.500A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.500z',
  auto: 'M2.5 3h11v7.500h-11zM5.5 13.500h5M8 10.500v3',
  mask: 'M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM8 9.700a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400z',
  maskOn: 'M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13L13 3',
  help: 'M5.8 6a2.2 2.2 0 1 1 3.3 1.900c-.7.4-1.1.8-1.1 1.600M8 12v.1',
  warn: 'M8 2.500l6 11H2zM8 6.500v3M8 11.500v.1',
  check: 'M3.5 8.500l3 3 6-7',
  plus: 'M8 3v10M3 8h10',
  filter: 'M2.5 3.500h11L9.5 8.500v4l-3 1v-5z',
};
