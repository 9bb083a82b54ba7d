import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ScaleHistory } from '../scale-history.ts';
import { decideHorizontal, type HorizontalQuestion } from './horizontal-decision.ts';
import type { HorizontalSample } from './metric-replicas.ts';
import { type MeasuredMachine, replicasOfMachines } from './usage-ratio.ts';

const tolerance = { up: 0.1, down: 0.1 };
const free = { up: {}, down: {} };

const cpu = (...values: (number | undefined)[]): MeasuredMachine[] =>
  values.map((value, index) => ({
    name: `m${index}`,
    state: 'ready',
    request: 1000,
    ...(value !== undefined && { value }),
  }));

function ask(sample: HorizontalSample, change: Partial<HorizontalQuestion> = {}, history = new ScaleHistory(), at = 0) {
  const metric = { of: 'machines', wanted: { utilization: 50 } } as const;
  const question: HorizontalQuestion = {
    counts: { current: 3, ready: 3 },
    limits: { minimum: 1, maximum: 10, ...free },
    tolerance,
    metrics: [{ name: 'cpu', metric, sample }],
    ...change,
  };
  return decideHorizontal(question, history, at);
}

test('use beside its target, as a ratio, times the machines, rounded up', () => {
  assert.equal(ask({ machines: cpu(800, 900, 1000) }).replicas, 6);
  assert.equal(ask({ machines: cpu(100, 100, 100) }).replicas, 1);
  assert.equal(ask({ machines: cpu(540, 540, 540) }).replicas, 3, 'within the tolerance');
  assert.equal(ask({ machines: cpu(1000, 1000, 1000) }).proposals.length, 1);
});

test('machines without a sample hold back, whichever way it goes', () => {
  // Down: they are taken to use all that they request. (100+100+1000)/3000 = 40 %.
  assert.equal(ask({ machines: cpu(100, 100, undefined) }).replicas, 3);
  // Up: they are taken to use nothing. (900+900+0)/3000 = 60 %.
  assert.equal(ask({ machines: cpu(900, 900, undefined) }).replicas, 4);
  // That turns the direction, so that nothing is done.
  assert.equal(ask({ machines: cpu(600, undefined, undefined) }).replicas, 3);
});

test('machines that are not ready yet count as idle when it goes up, and not at all when it goes down', () => {
  const [a, b, c] = cpu(900, 900, 900) as [MeasuredMachine, MeasuredMachine, MeasuredMachine];
  const unready = { ...c, state: 'unready' } as const;
  assert.equal(ask({ machines: [a, b, unready] }).replicas, 4);
  assert.equal(ask({ machines: [...cpu(100, 100), unready] }).replicas, 1);
  assert.equal(ask({ machines: [a, b, { ...c, state: 'gone' }] }).replicas, 4);
});

test('one value, whole or shared out', () => {
  const queue = (of: 'value' | 'share', value: number, counts = { current: 3, ready: 3 }) =>
    ask({ value }, { counts, metrics: [{ name: 'q', metric: { of, wanted: 30 }, sample: { value } }] }).replicas;
  assert.equal(queue('value', 60), 6);
  assert.equal(queue('value', 31), 3);
  assert.equal(queue('share', 200), 7);
  assert.equal(queue('share', 92), 3);
  assert.equal(queue('value', 60, { current: 3, ready: 2 }), 4);
});

test('the metric that asks for most counts; one that is lost forbids to scale down', () => {
  const lost = { name: 'lost', metric: { of: 'value', wanted: 1 }, sample: { failure: 'no answer' } } as const;
  const metric = { of: 'machines', wanted: { utilization: 50 } } as const;
  const low = { name: 'low', metric, sample: { machines: cpu(100, 100, 100) } };
  const high = { name: 'high', metric, sample: { machines: cpu(900, 900, 900) } };
  const both = ask({ failure: '' }, { metrics: [low, high] });
  assert.deepEqual([both.replicas, both.decisive], [6, 'high']);
  assert.deepEqual(ask({ failure: '' }, { metrics: [low, lost] }).by, 'unknown');
  assert.equal(ask({ failure: '' }, { metrics: [low, lost] }).replicas, 3);
  assert.equal(ask({ failure: '' }, { metrics: [high, lost] }).replicas, 6);
});

test('absurd samples are as good as none', () => {
  for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    assert.equal(ask({ machines: cpu(value, value, value) }).by, 'unknown');
    assert.equal(
      ask({ value }, { metrics: [{ name: 'v', metric: { of: 'value', wanted: 1 }, sample: { value } }] }).by,
      'unknown',
    );
  }
  assert.equal(ask({ machines: [] }).by, 'unknown');
  const [proposal] = ask({ machines: [{ name: 'x', state: 'ready', value: 1 }] }).proposals;
  assert.ok(typeof proposal === 'string' && proposal.startsWith('x requests none'));
});

test('switched off by hand stays off; outside the bounds goes to the bound', () => {
  assert.equal(ask({ failure: '' }, { counts: { current: 0, ready: 0 } }).by, 'off');
  assert.equal(ask({ failure: '' }, { counts: { current: 12, ready: 12 } }).replicas, 10);
  const limits = { minimum: 5, maximum: 10, ...free };
  assert.equal(ask({ failure: '' }, { limits }).replicas, 5);
});

test('a fall is made when the window has passed', () => {
  const history = new ScaleHistory();
  const limits = { minimum: 1, maximum: 10, up: {}, down: { stabilizationWindowSeconds: 300 } };
  const at = (seconds: number, use: number) =>
    ask({ machines: cpu(use, use, use) }, { limits }, history, seconds * 1000);
  assert.equal(at(0, 500).replicas, 3);
  assert.deepEqual([at(15, 100).replicas, at(15, 100).stabilized], [3, 'down-stabilized']);
  assert.equal(at(299, 100).replicas, 3);
  assert.equal(at(316, 100).replicas, 1);
});

const machine = fc.record({
  name: fc.string(),
  state: fc.constantFrom('ready' as const, 'unready' as const, 'gone' as const),
  value: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
  request: fc.integer({ min: 1, max: 4000 }),
});

test('never outside the bounds, whatever is measured', () => {
  fc.assert(
    fc.property(fc.array(machine), fc.nat(40), fc.nat(20), fc.nat(20), (machines, current, minimum, more) => {
      const given = machines.map(({ value, ...rest }) => ({ ...rest, ...(value !== undefined && { value }) }));
      const limits = { minimum, maximum: minimum + more, ...free };
      const { replicas, by } = ask({ machines: given }, { counts: { current, ready: current }, limits });
      assert.ok(by === 'off' || by === 'unknown' || (replicas >= minimum && replicas <= minimum + more));
      if (by === 'unknown') assert.equal(replicas, current);
    }),
  );
});

test('more load never asks for fewer machines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5000), { minLength: 1 }),
      fc.double({ min: 1, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 200 }),
      (values, factor, utilization) => {
        const current = values.length;
        const of = (scale: number) =>
          replicasOfMachines(cpu(...values.map((value) => value * scale)), { utilization }, current, tolerance)
            ?.replicas;
        assert.ok((of(factor) as number) >= (of(1) as number));
      },
    ),
  );
});
