// The whole state of the sandbox: sample data, export, import, reset.

import { confirm } from '../../dialog.js';
import { fill, h } from '../../dom.js';
import { createFields } from '../../fields.js';
import { call, openapi } from './client.js';
import { errorBox, into } from './common.js';
import { fieldsOfSchema } from './schema.js';

export function createState() {
  const outcome = h('div', { class: 'outcome', role: 'status' });
  /** @param {string} done @param {() => Promise<any>} work */
  const act = async (done, work) => {
    try {
      const more = await work();
      fill(outcome, done, more && ` ${more}`);
    } catch (error) {
      fill(outcome, errorBox(error));
    }
  };
  const seed = h('div', null);
  void into(seed, async () => seedForm(await openapi(), act));

  const accept = h('input', { type: 'checkbox' });
  const file = h('input', { type: 'file', id: 'import-file', accept: '.ndjson,.jsonl,.json,.txt' });
  const load = async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return fill(outcome, errorBox(new Error('no file is chosen')));
    const text = 'It replaces everything in the sandbox.';
    if (!(await confirm({ title: `Import ${chosen.name}?`, text, action: 'Import', danger: true }))) return;
    await act('Imported.', async () => {
      const body = { state: await chosen.text(), accept_access: accept.checked };
      return counts((await call('POST', '_sandbox/import', { body })).body.objects);
    });
  };
  const reset = async () => {
    const text = 'All tickets, customers, webhooks, keys and requests are deleted.';
    if (!(await confirm({ title: 'Reset the sandbox?', text, action: 'Reset', danger: true }))) return;
    await act('The sandbox is as new.', async () => void (await call('POST', '_sandbox/reset')));
  };

  return {
    element: h(
      'div',
      { class: 'sandbox-state' },
      h('h2', null, 'State'),
      outcome,
      h('section', { class: 'panel', 'aria-label': 'Sample data' }, h('h3', null, 'Sample data'), seed),
      h(
        'section',
        { class: 'panel', 'aria-label': 'Export and import' },
        h('h3', null, 'Export and import'),
        h('div', { class: 'toolbar' }, h('button', { onclick: () => act('Exported.', save) }, 'Export to a file')),
        h('div', { class: 'field' }, h('label', { for: 'import-file' }, 'File to import'), file),
        h('label', { class: 'check' }, accept, 'Accept webhooks to other machines and API keys'),
        h('div', { class: 'toolbar' }, h('button', { onclick: load }, 'Import')),
      ),
      h(
        'section',
        { class: 'panel', 'aria-label': 'Reset' },
        h('h3', null, 'Reset'),
        h('div', { class: 'toolbar' }, h('button', { class: 'danger', onclick: reset }, 'Reset the sandbox')),
      ),
    ),
    dispose() {},
  };
}

/** @param {any} document @param {(done: string, work: () => Promise<any>) => Promise<void>} act */
function seedForm(document, act) {
  const standard = { customers: 30, tickets: 80, seed: 1 };
  const inputs = createFields(fieldsOfSchema(document, 'SeedPlan', standard).filter(({ path }) => path !== 'environment'));
  const plant = () =>
    act('', async () => {
      const { body } = await call('POST', '_sandbox/seed', { body: { ...standard, ...inputs.changes() } });
      return body.seeded ? 'The sample data exists.' : 'Nothing was done: the same plan was carried out before.';
    });
  return h(
    'form',
    { novalidate: true, onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), void plant()) },
    inputs.element,
    h('div', { class: 'toolbar' }, h('button', null, 'Create sample data')),
  );
}

async function save() {
  const { body } = await call('POST', '_sandbox/export');
  const link = h('a', { href: URL.createObjectURL(new Blob([body.state], { type: 'application/x-ndjson' })), download: 'sandbox.ndjson' });
  link.click();
  URL.revokeObjectURL(link.href);
  return counts(body.objects);
}

/** @param {Record<string, any>} objects */
function counts(objects) {
  const parts = Object.entries(objects ?? {}).filter(([, value]) => typeof value === 'number' && value > 0);
  return parts.map(([name, value]) => `${value} ${name.replace(/_/g, ' ')}`).join(', ');
}
