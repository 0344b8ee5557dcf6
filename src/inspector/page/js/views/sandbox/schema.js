// Fields of a form from a schema of the sandbox's OpenAPI document. Pure.

/** @param {any} document @param {any} schema */
export function resolve(document, schema) {
  const name = schema?.$ref?.split('/').pop();
  return name ? document.components.schemas[name] : schema;
}

/** `customerId` as words: `customer id`. @param {string} name */
export const words = (name) => name.replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);

/**
 * @param {any} document @param {string} name of the schema of the request body
 * @param {any} [object] the present values
 * @returns {import('../../fields.js').Field[]}
 */
export function fieldsOfSchema(document, name, object = {}) {
  const schema = document.components.schemas[name];
  return Object.entries(schema.properties).map(([member, raw]) => {
    const property = resolve(document, raw);
    const types = [property.type ?? property.anyOf?.map((/** @type {any} */ one) => one.type)].flat();
    const choices = property.enum?.filter((/** @type {any} */ one) => one !== null);
    return {
      path: member,
      label: words(member),
      kind: choices ? 'choice' : kindOf(member, types, property),
      choices,
      value: object[member],
      required: schema.required?.includes(member) ?? false,
      nullable: types.includes('null'),
      hint: hintOf(property),
    };
  });
}

/** Members that usually hold more than a line. */
const LONG = /^(notes|content|body|description|initialMessage|excerpt)$/;

/** @param {string} member @param {any[]} types @param {any} property @returns {import('../../fields.js').Kind} */
function kindOf(member, types, property) {
  if (types.includes('array')) {
    const list = property.items ? property : property.anyOf.find((/** @type {any} */ one) => one.items);
    return list.items.type === 'string' ? 'list' : 'json';
  }
  if (types.includes('object')) return 'json';
  if (types.includes('integer') || types.includes('number')) return 'number';
  if (types.includes('boolean')) return 'boolean';
  return LONG.test(member) ? 'long' : 'text';
}

/** @param {any} property */
function hintOf({ description, default: standard }) {
  const isWorthIt = standard !== undefined && standard !== null && typeof standard !== 'object' && standard !== '';
  return [description, isWorthIt && `Default: ${standard}.`].filter(Boolean).join(' ') || undefined;
}

/** The filters of a list: its query parameters but those of the page. @param {any} document @param {string} path */
export function filtersOf(document, path) {
  const operation = document.paths[`/api/v1/teams/{team}/${path}`].get;
  return operation.parameters
    .filter(({ name, in: place }) => place === 'query' && !['page', 'pageSize', 'expand', 'sort'].includes(name))
    .map(({ name, description, schema }) => ({ name, description, choices: choicesOf(schema) }))
    .sort((one, other) => rank(one) - rank(other));
}

/** The search first, then what can be chosen. @param {{ name: string, choices?: any[] }} filter */
const rank = ({ name, choices }) => (name === 'search' ? 0 : choices ? 1 : 2);

/** @param {any} schema @returns {any[] | undefined} */
const choicesOf = (schema) => schema.enum ?? (schema.type === 'boolean' ? [true, false] : undefined);
