/** Every link between documents leads to something. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const documents = ['.', 'docs', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, folder, name)),
);

/** A heading as it is named in links: lower case, spaces as hyphens, without punctuation. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function anchors(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string));
}

test('links between documents lead somewhere', () => {
  assert.ok(documents.length > 10);
  const broken = documents.flatMap((file) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    return links.flatMap(([link, path = '', anchor]) => {
      const target = path === '' ? file : join(dirname(file), path);
      const there = existsSync(target) && (anchor === undefined || anchors(target).includes(anchor));
      return there ? [] : [`${relative(root, file)}: ${link}`];
    });
  });
  assert.deepEqual(broken, []);
});
