// One object of the sandbox: its form, which creates or changes it, and its deletion. Each write has an idempotency
// key; a write that failed on the way is repeated with the same key, so it happens once.

import { confirm } from '../../dialog.js';
import { fill, h } from '../../dom.js';
import { createFields, FieldError } from '../../fields.js';
import { address, go } from '../../route.js';
import { toast } from '../../toast.js';
import { call, CstarError, openapi, teamPath } from './client.js';
import { doneLine, errorBox, into, secretBox } from './common.js';
import { createKey } from './idempotency.js';
import { parts } from './parts.js';
import { fieldsOfSchema } from './schema.js';

/**
 * @param {import('./sections.js').Section} section @param {string} id `new` for one that does not exist yet
 * @param {(cause: { resource: string | null }) => void} changed called before and after each write
 */
export function createObject(section, id, changed) {
  const body = h('div', null, h('p', { class: 'loading' }, 'Loading …'));
  const isNew = id === 'new';
  const load = () =>
    into(body, async () => {
      const document = await openapi();
      if (isNew) return form(section, document, null, changed);
      const object = await fetchOne(section, id);
      return [
        form(section, document, object, changed),
        parts(section, document, object, changed),
        h('details', { class: 'as-json' }, h('summary', null, 'As JSON'), h('pre', { tabIndex: 0, class: 'personal' }, JSON.stringify(object, null, 2))),
      ];
    });
  void load();
  const back = h('a', { class: 'back', href: address('sandbox', { show: section.name }) }, `‹ ${section.title}`);
  return { element: h('div', { class: 'object' }, back, body), dispose() {} };
}

/** Keys cannot be fetched alone. @param {import('./sections.js').Section} section @param {string} id */
async function fetchOne(section, id) {
  const one = section.kind === 'key' ? section.path : `${section.path}/${encodeURIComponent(id)}`;
  const { body } = await call('GET', await teamPath(one));
  const found = section.kind === 'key' ? body.data.find((/** @type {any} */ key) => key.id === id) : body.data;
  if (!found) throw new Error(`there is no ${section.one} ${id}`);
  return found;
}

/** @param {import('./sections.js').Section} section @param {any} document @param {any} object @param {any} changed */
function form(section, document, object, changed) {
  const schema = `${section.schema}${object ? 'Update' : 'Creation'}`;
  // Keys can only be created and revoked.
  const fields = document.components.schemas[schema] ? fieldsOfSchema(document, schema, object ?? {}) : [];
  const inputs = createFields(fields);
  const outcome = h('div', { class: 'outcome', role: 'status' });
  const resource = object && section.resource ? `${section.resource}:${object.id}` : null;
  const once = createKey();

  const save = async () => {
    try {
      const changes = inputs.changes();
      if (object && Object.keys(changes).length === 0) return fill(outcome, 'Nothing was changed.');
      inputs.blame(null);
      changed({ resource });
      const path = await teamPath(object ? `${section.path}/${object.id}` : section.path);
      const answer = await call(object ? 'PATCH' : 'POST', path, { body: changes, key: once.of(changes) });
      once.used();
      if (object) {
        inputs.accept();
        fill(outcome, doneLine('Saved', answer), repeat(() => call('PATCH', path, { body: changes, key: once.last() })));
      } else {
        created(section, answer, changed, outcome);
      }
    } catch (error) {
      if (error instanceof FieldError) error.input.focus();
      if (error instanceof CstarError) inputs.blame(error.param);
      if (error instanceof CstarError && error.status !== 0 && error.status < 500) once.used();
      fill(outcome, errorBox(error));
    }
  };

  return h(
    'form',
    { class: 'panel object-form', novalidate: true, onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void save()) },
    h('h2', null, object ? title(object) : `New ${section.one}`),
    object && h('p', { class: 'mono muted personal' }, object.id),
    inputs.element,
    h(
      'div',
      { class: 'toolbar' },
      fields.length > 0 && h('button', { class: 'primary' }, object ? 'Save' : `Create ${section.one}`),
      object && h('button', { type: 'button', class: 'danger', onclick: () => remove(section, object, changed, outcome) }, section.kind === 'key' ? 'Revoke' : 'Delete'),
    ),
    outcome,
  );
}

/** @param {any} object */
const title = (object) => h('span', { class: 'personal' }, object.title ?? object.name ?? object.id);

/** After a creation: opens the object, or shows what no other response contains.
 * @param {import('./sections.js').Section} section @param {import('./client.js').Answer} answer @param {any} changed
 * @param {HTMLElement} outcome */
function created(section, answer, changed, outcome) {
  const object = answer.body.data;
  const secret = object.secret ?? object.key;
  if (section.resource) changed({ resource: `${section.resource}:${object.id}` });
  if (!secret) {
    toast([`Created the ${section.one}. `, answer.requestId], { kind: 'ok' });
    go('sandbox', { show: section.name, id: object.id });
    return;
  }
  const open = h('a', { href: address('sandbox', { show: section.name, id: object.id }) }, `Open the ${section.one}`);
  fill(outcome, doneLine('Created', answer), secretBox(secret), open);
}

/** Sends the same request with the same key, to show that it is done once. @param {() => Promise<any>} again */
function repeat(again) {
  const said = h('span', { role: 'status' });
  const run = () =>
    again().then(
      (answer) => fill(said, doneLine(' Repeated', answer)),
      (error) => fill(said, errorBox(error)),
    );
  return h('p', null, h('button', { type: 'button', class: 'ghost', onclick: run }, 'Repeat with the same idempotency key'), said);
}

/** @param {import('./sections.js').Section} section @param {any} object @param {any} changed @param {HTMLElement} outcome */
async function remove(section, object, changed, outcome) {
  const verb = section.kind === 'key' ? 'Revoke' : 'Delete';
  const name = object.title ?? object.name ?? object.id;
  const agreed = await confirm({ title: `${verb} this ${section.one}?`, text: h('span', { class: 'personal' }, name), action: verb, danger: true });
  if (!agreed) return;
  try {
    changed({ resource: section.resource ? `${section.resource}:${object.id}` : null });
    const { requestId } = await call('DELETE', await teamPath(`${section.path}/${object.id}`));
    toast([`${verb}d the ${section.one}. `, requestId], { kind: 'ok' });
    go('sandbox', { show: section.name });
  } catch (error) {
    fill(outcome, errorBox(error));
  }
}
