import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryKillLedger } from './memory-kill-ledger.ts';

/** Counters as the kernel keeps them: those of containers vanish with their cgroups, that of all stays. */
class Kernel {
  readonly own = new Map<string, number>();
  all: number | undefined = 0;

  ledger(): MemoryKillLedger {
    return new MemoryKillLedger({
      of: (id) => this.own.get(id),
      present: () => [...this.own.values()].reduce((sum, count) => sum + count, 0),
      all: () => this.all,
    });
  }

  run(...ids: string[]): void {
    for (const id of ids) this.own.set(id, 0);
  }

  kill(id: string): void {
    this.own.set(id, (this.own.get(id) ?? 0) + 1);
    if (this.all !== undefined) this.all++;
  }

  end(...ids: string[]): void {
    for (const id of ids) this.own.delete(id);
  }
}

test('a kill is found though the cgroup of the killed has gone', () => {
  const kernel = new Kernel();
  const ledger = kernel.ledger();
  kernel.run('a', 'b');
  kernel.kill('a');
  kernel.end('a');
  assert.equal(ledger.wasKilled('a'), true);
  kernel.end('b');
  assert.equal(ledger.wasKilled('b'), false);
});

test('a container that outlives the kill of one of its processes is not mistaken for another', () => {
  const kernel = new Kernel();
  const ledger = kernel.ledger();
  kernel.run('a', 'b');
  kernel.kill('a');
  kernel.end('b');
  assert.equal(ledger.wasKilled('b'), false);
  kernel.end('a');
  assert.equal(ledger.wasKilled('a'), true);
});

test('a count that can still be read is explained by it', () => {
  const kernel = new Kernel();
  const ledger = kernel.ledger();
  kernel.run('a', 'b');
  kernel.kill('a');
  assert.equal(ledger.wasKilled('a'), true);
  kernel.end('a', 'b');
  assert.equal(ledger.wasKilled('b'), false);
});

test('what was counted before does not count', () => {
  const kernel = new Kernel();
  kernel.run('old', 'a');
  kernel.kill('old');
  kernel.end('old');
  const ledger = kernel.ledger();
  kernel.end('a');
  assert.equal(ledger.wasKilled('a'), false);
});

test('a count that begins anew is followed', () => {
  const kernel = new Kernel();
  const ledger = kernel.ledger();
  for (const id of ['a', 'b']) {
    kernel.run(id);
    kernel.kill(id);
    kernel.end(id);
    assert.equal(ledger.wasKilled(id), true);
  }
  kernel.all = 0;
  kernel.run('c');
  kernel.kill('c');
  kernel.end('c');
  assert.equal(ledger.wasKilled('c'), true);
});

test('where nobody counts for all, only what can be read is known', () => {
  const kernel = new Kernel();
  kernel.all = undefined;
  const ledger = kernel.ledger();
  kernel.run('a', 'b');
  kernel.kill('a');
  kernel.kill('b');
  assert.equal(ledger.wasKilled('a'), true);
  kernel.end('b');
  assert.equal(ledger.wasKilled('b'), false);
});
