import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ScaleHistory } from './scale-history.ts';
import { type Limits, limited } from './scale-limits.ts';

const usual: Limits = {
  minimum: 1,
  maximum: 100,
  up: {
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  down: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] },
};

/** Follows recommendations, one each `stepMs`. */
function follow(recommendations: readonly number[], limits: Limits, start: number, stepMs = 15_000): number[] {
  const history = new ScaleHistory();
  let current = start;
  return recommendations.map((recommended, index) => {
    const { count } = limited(recommended, current, limits, history, index * stepMs);
    history.changed(current, count, index * stepMs);
    current = count;
    return count;
  });
}

test('up by the largest policy, down by what is allowed in a period', () => {
  assert.deepEqual(follow([100, 100, 100, 100], usual, 3), [7, 14, 28, 56]);
  assert.deepEqual(follow([1, 1, 1, 1, 1, 1], usual, 10), [8, 8, 8, 8, 6, 6]);
  const least: Limits = { ...usual, up: { ...usual.up, selectPolicy: 'Min' } };
  assert.deepEqual(follow([100, 100], least, 3), [6, 10]);
  assert.deepEqual(follow([100], { ...usual, up: { selectPolicy: 'Disabled' } }, 3), [3]);
});

test('the least change of the window is made', () => {
  const calm: Limits = { ...usual, up: { stabilizationWindowSeconds: 60 }, down: { stabilizationWindowSeconds: 60 } };
  assert.deepEqual(follow([5, 9, 7, 8, 9, 9, 9], calm, 5), [5, 5, 5, 5, 7, 7, 8]);
  assert.deepEqual(follow([5, 1, 3, 2, 1, 1, 1], calm, 5), [5, 5, 5, 5, 3, 3, 2]);
});

test('why is told', () => {
  const history = new ScaleHistory();
  assert.equal(limited(50, 3, usual, history, 0).limited, 'up-rate');
  assert.equal(limited(500, 80, usual, history, 0).limited, 'maximum');
  assert.equal(limited(4, 80, usual, history, 0).limited, 'down-rate');
  assert.equal(limited(0, 2, usual, new ScaleHistory(), 0).limited, 'minimum');
  assert.equal(limited(5, 5, usual, new ScaleHistory(), 0).limited, 'within');
});

const rules = fc.record({
  stabilizationWindowSeconds: fc.nat(120),
  selectPolicy: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
  policies: fc.array(
    fc.record({
      type: fc.constantFrom('Pods' as const, 'Percent' as const),
      value: fc.integer({ min: 1, max: 200 }),
      periodSeconds: fc.integer({ min: 1, max: 120 }),
    }),
  ),
});

test('never outside the bounds, and never quicker than every policy allows', () => {
  const property = fc.property(fc.array(fc.nat(300), { maxLength: 40 }), rules, rules, (wanted, up, down) => {
    const limits: Limits = { minimum: 2, maximum: 50, up, down };
    const history = new ScaleHistory();
    const counts = [10];
    wanted.forEach((recommended, index) => {
      const nowMs = index * 10_000;
      const before = counts.at(-1) as number;
      const { count } = limited(recommended, before, limits, history, nowMs);
      assert.ok(count >= 2 && count <= 50);
      const rise = count - before;
      if (up.selectPolicy === 'Disabled') assert.ok(rise <= 0);
      if (down.selectPolicy === 'Disabled') assert.ok(rise >= 0);
      for (const { type, value, periodSeconds } of rise > 0 && up.selectPolicy === 'Min' ? up.policies : []) {
        const begun = before - history.growth(periodSeconds * 1000, nowMs);
        assert.ok(count <= (type === 'Pods' ? begun + value : Math.ceil(begun * (1 + value / 100))));
      }
      history.changed(before, count, nowMs);
      counts.push(count);
    });
  });
  fc.assert(property);
});

test('who begins, or begins again after a restart, takes what stands for what was recommended', () => {
  const calm: Limits = { minimum: 0, maximum: 100, up: {}, down: { stabilizationWindowSeconds: 300 } };
  const history = new ScaleHistory();
  const after = (seconds: number) => limited(2, 10, calm, history, 50_000 + seconds * 1000).count;
  assert.deepEqual([after(0), after(299), after(301)], [10, 10, 2]);
});
