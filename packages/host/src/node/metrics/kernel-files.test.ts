import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseStatus } from '../qemu/process-meter.ts';
import { busySeconds, usedBytes } from './host-reader.ts';
import { KernelFile } from './kernel-file.ts';

test('a file is read from its beginning every time; one that is not there says nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-kernel-file-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  const file = new KernelFile(path);
  assert.equal(file.read(), undefined);
  writeFileSync(path, 'one');
  assert.equal(file.read(), 'one');
  appendFileSync(path, ' two');
  assert.equal(file.read(), 'one two');
  file.close();
  file.close();
});

test('time that is idle, waits for disks, or was taken from this host is not busy', () => {
  assert.equal(busySeconds('cpu  100 20 300 4000 500 6 70 8 90 10\ncpu0 1 2 3\n'), 4.96);
});

test('memory that could be had back is not used', () => {
  assert.equal(usedBytes('MemTotal:  1000 kB\nMemFree:  10 kB\nMemAvailable:  400 kB\n'), 600 * 1024);
});

test('a process is told from another one with its number by its start; its name may be anything', () => {
  const numbers = ['S', ...Array.from({ length: 30 }, (_, index) => String(index))];
  const status = parseStatus(`7 (qemu ) (x) ${numbers.join(' ')}`);
  assert.deepEqual(status, { run: '18', cpuSeconds: 0.21 });
  assert.equal(parseStatus(undefined), undefined);
  assert.equal(parseStatus('7 (cut'), undefined);
});
