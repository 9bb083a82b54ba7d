import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineState } from './machine-state.ts';
import { phaseOf } from './machine-status.ts';

const phaseAfter = (told: string, stage: MachineState['stage']) =>
  phaseOf({ stage, machine: { status: { phase: told } } } as unknown as MachineState);

test('what was told to have ended has ended, whatever a program that has forgotten it finds', () => {
  for (const stage of ['preparing', 'adopting', 'running', 'ended'] as const) {
    assert.equal(phaseAfter('Failed', stage), 'Failed');
    assert.equal(phaseAfter('Succeeded', stage), 'Succeeded');
  }
});

test('a machine that is found again is as far as it was said to be', () => {
  assert.equal(phaseAfter('Running', 'adopting'), 'Running');
  assert.equal(phaseAfter('Scheduled', 'adopting'), 'Scheduled');
  assert.equal(phaseAfter('Scheduled', 'running'), 'Running');
});
