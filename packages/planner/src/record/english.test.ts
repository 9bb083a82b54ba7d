import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ActionRecord,
  type Held,
  isAction,
  keepRecord,
  parseRecords,
  type WhyDone,
  whyInEnglish,
} from './index.ts';

const jobs = { is: 'metric', name: 'jobs' } as const;
const queue = (goal: object) => ({ ...jobs, found: { type: 'queue', value: 7, goal } });
const asked = (by: object, more: object = {}) => ({ of: 'machines', by, wanted: 5, ...more });

/** One or more of each reason, with its words. */
const WORDS: { readonly [Code in WhyDone['is']]: readonly (readonly [told: object, words: string])[] } = {
  overload: [[{}, 'its host has less processor time than is needed']],
  misplaced: [[{}, 'it must not be where it is']],
  'empties-host': [[{}, 'its host can be emptied']],
  'evens-out': [[{}, 'its host is loaded more than others']],
  empty: [[{}, 'nothing runs on it, and neither the reserve nor the load that is forecast needs it']],
  reserve: [[{}, 'the reserve does not hold without it']],
  load: [[{}, 'the load that is forecast needs it']],
  waiting: [[{}, 'machines wait that have room there and nowhere else']],
  occupied: [[{}, 'machines are bound to it']],
  'asked-for': [[{}, 'the plan needs it for machines that must move']],
  minimum: [[{}, 'fewer hosts are on than the policy asks for']],
  released: [[{}, 'no policy switches it any more']],
  measured: [[{}, 'it uses as much, with a margin']],
  'less-important': [[{}, 'it is less important, and there was no other room']],
  demand: [
    [{ parts: [asked({ is: 'metric', name: 'cpu' })] }, 'cpu asks for 5 machines'],
    [{ parts: [asked(jobs)], schedule: 'day' }, 'jobs ask for 5 machines (schedule day)'],
    [{ parts: [asked({ is: 'waiting-request' }, { wanted: 1 })] }, 'a request that waits asks for 1 machine'],
    [
      { parts: [asked(jobs, { others: [{ by: { is: 'waiting-request' }, wanted: 1 }] })] },
      'jobs ask for 5 machines (a request that waits for 1 machine)',
    ],
    [
      { parts: [asked(queue({ is: 'between', lower: 2, upper: 5 })), asked(jobs, { of: 'memory', wanted: 2 ** 29 })] },
      'jobs of 7, to be between 2 and 5, ask for 5 machines, and jobs ask for 512 MiB of memory',
    ],
    [
      { parts: [asked(queue({ is: 'line', lower: 2, base: 1, upper: 9, top: 8 }), { of: 'cpu', wanted: 1500 })] },
      'jobs of 7, between 2 (1) and 9 (8), ask for 1.5 cores',
    ],
    [
      {
        parts: [asked(queue({ is: 'target', target: 2, foretold: true }))],
        unknown: [{ name: 'calls', why: { is: 'no-value' } }],
      },
      'jobs of 7, and more that is foretold, against a goal of 2 ask for 5 machines; not known: calls: there is no value',
    ],
  ],
  'blind-for-long': [
    [
      { unknown: [{ name: 'cpu', why: { is: 'no-sample' } }] },
      'no metric could be told for too long; not known: cpu: no machine that serves has a sample',
    ],
  ],
  blind: [
    [
      {
        unknown: [
          { name: 'a', why: { is: 'senseless', value: '-1' } },
          { name: 'b', why: { is: 'failed', message: 'nobody answers' } },
        ],
      },
      'no metric can be told, so that nothing changes; not known: a: the value -1 makes no sense; b: nobody answers',
    ],
  ],
  'above-maximum': [[{ bound: 8 }, 'there were more than maxReplicas (8)']],
  'below-minimum': [[{ bound: 2 }, 'there were fewer than minReplicas (2)']],
};

const HELD: Readonly<Record<Held, string>> = {
  'up-rate': 'gets 3 machines now, since it may not grow any faster',
  'down-rate': 'keeps 9 machines now, since it may not shrink any faster',
  maximum: 'gets 3 machines, since no more is allowed',
  minimum: 'keeps 9 machines, since no less is allowed',
  'up-stabilized': 'gets 3 machines for now, since less was asked for a short while ago',
  'down-stabilized': 'keeps 9 machines for now, since more was asked for a short while ago',
  idle: 'keeps 9 machines until nothing was asked for long enough',
};

/** The reason as it is read again from where it is kept. */
function keptAndRead(why: WhyDone): WhyDone | undefined {
  const record: ActionRecord = { v: 1, at: 1, by: 'somebody', policy: 'p', do: 'power', to: 'on', why };
  const [read] = parseRecords(keepRecord(undefined, record));
  assert.deepEqual(read, record);
  return read && isAction(read) ? read.why : undefined;
}

test('every reason is kept as it is, and has words', () => {
  for (const [is, all] of Object.entries(WORDS)) {
    for (const [told, words] of all) {
      const why = keptAndRead({ is, ...told } as WhyDone);
      assert.ok(why);
      assert.equal(whyInEnglish(why), words);
    }
  }
});

test('what is done instead of what was asked for is told, whatever the reason', () => {
  for (const [since, words] of Object.entries(HELD)) {
    const held = { at: words.startsWith('gets') ? 3 : 9, since };
    const why = keptAndRead({ is: 'demand', parts: [asked(jobs, { held })] } as WhyDone);
    assert.ok(why);
    assert.equal(whyInEnglish(why), `jobs ask for 5 machines; it ${words}`);
  }
});
