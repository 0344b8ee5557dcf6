// The fields of a form from the sample of an event type. Pure.

import { kindOf } from '../../kinds.js';

/** Documented values, by resource and member. A test compares them with the OpenAPI document of the sandbox. */
export const CHOICES = {
  'ticket.priority': ['low', 'normal', 'high', 'urgent'],
  'ticket.status': ['new', 'open', 'pending', 'resolved', 'closed'],
  'customer.sentiment': ['happy', 'neutral', 'frustrated', 'angry', 'positive', 'negative'],
  'customer.status': ['active', 'inactive'],
  'article.status': ['draft', 'published', 'archived'],
  'community_post.status': [
    'open',
    'answered',
    'officially_answered',
    'planned',
    'not_planned',
    'completed',
    'under_review',
  ],
  'community_post.visibility': ['public', 'members_only'],
  'message.sender': ['agent', 'customer', 'system'],
};

/** The documented values of a member of an event; `changes.status.to` has those of `status`.
 * @param {string} type @param {string[]} names @returns {any[] | undefined} */
export function choicesOf(type, names) {
  const [first, second] = names;
  const key = first === 'changes' ? `${type.split('.')[0]}.${second}` : names.slice(-2).join('.');
  return /** @type {Record<string, any[]>} */ (CHOICES)[key];
}

/** A name as a step of a path: `.`, `[`, `]` and `\` are escaped. @param {string} name */
const step = (name) => name.replace(/[.[\]\\]/g, '\\$&');

/**
 * One field for each member of the sample that is no object, grouped by the object that it is in.
 * @param {string} type @param {any} data @returns {import('../../fields.js').Field[]}
 */
export function fieldsOf(type, data) {
  /** @type {import('../../fields.js').Field[]} */
  const fields = [];
  /** @param {any} object @param {string[]} names */
  const visit = (object, names) => {
    const members = Object.entries(object);
    // Members of an object before the objects in it, so that each group is in one piece.
    const nested = members.filter(([, value]) => isObject(value));
    for (const [name, value] of members) {
      if (!isObject(value)) fields.push(field(type, [...names, name], value));
    }
    for (const [name, value] of nested) visit(value, [...names, name]);
  };
  visit(data, []);
  return fields;
}

/** @param {any} value */
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;

/** @param {string} type @param {string[]} names @param {any} value @returns {import('../../fields.js').Field} */
function field(type, names, value) {
  const choices = choicesOf(type, names);
  const kind = choices && (value === null || typeof value === 'string') ? 'choice' : kindOf(value);
  return {
    names,
    path: names.map(step).join('.'),
    label: names[names.length - 1],
    group: names.slice(0, -1).join('.'),
    kind,
    value,
    choices: kind === 'choice' ? choices : undefined,
    nullable: value === null,
  };
}

/** Another value for a member, for "again with …": the last of its documented values, or the one before it.
 * @param {import('../../fields.js').Field} field @param {any} present */
export function otherValue(field, present) {
  const { choices } = field;
  if (field.kind === 'boolean') return present !== true;
  if (choices) return choices.findLast((choice) => choice !== present) ?? present;
  return present;
}
