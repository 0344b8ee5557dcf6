// The files of the page as a whole. Rules about single files are tested in src/inspector/assets.rs.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { newHome, run } from './lib/processes.mjs';

const FOLDER = new URL('../../src/inspector/page/', import.meta.url);
const files = readdirSync(fileURLToPath(FOLDER), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
    return { path, name: path.slice(fileURLToPath(FOLDER).length), bytes: readFileSync(path) };
  });
const scripts = files.filter(({ name }) => name.endsWith('.js'));
const text = ({ bytes }) => bytes.toString('utf8');

describe('files', () => {
  test('the page is smaller than 150 KB when compressed', () => {
    const total = files.reduce((sum, { bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0);
    console.log(`${files.length} files, ${total} bytes compressed`);
    assert.ok(files.length > 20 && total > 10_000);
    assert.ok(total < 150_000, `${total} bytes`);
  });

  test('every module that is imported exists', () => {
    const names = new Set(files.map(({ name }) => name));
    for (const file of scripts) {
      for (const [, path] of text(file).matchAll(/(?:from |import\()'(\.[^']+)'/g)) {
        const { pathname } = new URL(path, `http://x/${file.name}`);
        assert.ok(names.has(pathname.slice(1)), `${path} in ${file.name}`);
      }
    }
  });

  test('the values of the forms are those of the sandbox', async () => {
    const { CHOICES } = await import('../../src/inspector/page/js/views/trigger/sample.js');
    const document = JSON.parse(await run(newHome(), ['sandbox', 'openapi']));
    const { schemas } = document.components;
    for (const [path, choices] of Object.entries(CHOICES)) {
      const [resource, member] = path.split('.');
      const schema = schemas[resource.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())];
      assert.deepEqual(choices, schema.properties[member].enum, path);
    }
  });
});
