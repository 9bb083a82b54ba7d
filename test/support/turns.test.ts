import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('what is done alone waits for all before it and holds all after it, also when something fails', async () => {
  const turns = new Turns();
  const happened: string[] = [];
  const finish = new Map<string, () => void>();
  const work = (name: string) => async () => {
    happened.push(`+${name}`);
    await new Promise<void>((resolve) => finish.set(name, resolve));
    happened.push(`-${name}`);
    if (name === 'a') throw new Error('a fails');
  };
  const settle = async (name: string) => {
    finish.get(name)?.();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const turn = {
    a: turns.beside(work('a')),
    b: turns.beside(work('b')),
    alone: turns.alone(work('alone')),
    c: turns.beside(work('c')),
  };
  const failed = assert.rejects(turn.a, /a fails/);
  await settle('');
  assert.deepEqual(happened, ['+a', '+b']);
  await settle('a');
  await settle('b');
  await settle('alone');
  await settle('c');
  await Promise.all([failed, turn.b, turn.alone, turn.c]);
  assert.deepEqual(happened, ['+a', '+b', '-a', '-b', '+alone', '-alone', '+c', '-c']);
});
