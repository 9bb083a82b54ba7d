import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialMachineState, type MachineState } from './machine-state.ts';
import { movedInTime, stopWithinReason } from './moved-in-time.ts';

const DAY_MS = 86_400_000;
const retry = { atMs: 500, delayMs: 500, failedAtMs: 0, reason: 'ErrImagePull', message: '' };

test('appointments move with the clock, what is only told stays', () => {
  const state: MachineState = {
    ...initialMachineState('m'),
    stop: { reason: 'deleted', sinceMs: 100, deadlineMs: 30_100, drained: false, pressedAtMs: 200 },
    agent: { connected: true, askAtMs: 400 },
    probes: { readiness: { nextAtMs: 600, successes: 0, failures: 0, message: '' } },
    retries: { machine: retry },
    phaseTimes: [['Running', 50]],
  };
  const moved = movedInTime(state, -DAY_MS);
  assert.deepEqual(
    [moved.stop?.sinceMs, moved.stop?.deadlineMs, moved.stop?.pressedAtMs],
    [100, 30_100, 200].map((at) => at - DAY_MS),
  );
  assert.equal(moved.agent.askAtMs, 400 - DAY_MS);
  assert.equal(moved.probes.readiness?.nextAtMs, 600 - DAY_MS);
  assert.equal(moved.retries.machine?.atMs, 500 - DAY_MS);
  assert.deepEqual(moved.phaseTimes, [['Running', 50]]);
  assert.deepEqual(movedInTime(moved, DAY_MS), state);
});

test('a stop from the future keeps its grace period and begins now', () => {
  const stop = { reason: 'deleted', sinceMs: DAY_MS, deadlineMs: DAY_MS + 30_000, drained: true } as const;
  assert.deepEqual(stopWithinReason(stop, 1_000), { ...stop, sinceMs: 1_000, deadlineMs: 31_000 });
  assert.equal(stopWithinReason(stop, 2 * DAY_MS), stop);
});
