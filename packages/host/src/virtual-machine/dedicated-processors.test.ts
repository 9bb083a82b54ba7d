import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DedicatedMachine, dedicate, sharedProcessors } from './dedicated-processors.ts';

const one = { count: 1, isolateEmulator: false, oneNode: false };

test('processors come from the fullest node that has enough, and the first of the host is given last', () => {
  const nodes = [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ];
  const first = dedicate(nodes, [], { ...one, count: 3 });
  assert.deepEqual(first, { processors: [3, 2, 1], emulator: [3, 2, 1] });
  const second = dedicate(nodes, [first as DedicatedMachine], { ...one, count: 2, oneNode: true });
  assert.deepEqual(second?.processors, [7, 6]);
  const both = [first, second] as DedicatedMachine[];
  assert.equal(dedicate(nodes, both, { ...one, count: 3, oneNode: true }), undefined);
  // Two of the other node are enough, were it not for the one that everybody else needs.
  assert.equal(dedicate(nodes, both, { ...one, count: 3 }), undefined);
  assert.deepEqual(dedicate(nodes, both, { ...one, count: 1, isolateEmulator: true }), {
    processors: [5],
    emulator: [4],
  });
  assert.deepEqual(sharedProcessors(nodes, both), [0, 4, 5]);
});

test('no processor is given twice, and one is left for everybody else', () => {
  const request = fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    isolateEmulator: fc.boolean(),
    oneNode: fc.boolean(),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sizes, fc.array(request, { maxLength: 10 }), (lengths, requests) => {
      let next = 0;
      const nodes = lengths.map((length) => Array.from({ length }, () => next++));
      const machines: DedicatedMachine[] = [];
      for (const each of requests) {
        const found = dedicate(nodes, machines, each);
        if (!found) continue;
        assert.equal(found.processors.length, each.count);
        if (each.oneNode)
          assert.ok(nodes.some((node) => found.processors.every((processor) => node.includes(processor))));
        machines.push(found);
      }
      const given = machines.flatMap(({ processors, emulator }) => [...new Set([...processors, ...emulator])]);
      assert.equal(new Set(given).size, given.length);
      assert.ok(sharedProcessors(nodes, machines).length > 0);
      assert.equal(sharedProcessors(nodes, machines).length + given.length, next);
    }),
  );
});
