import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeedsDone } from '../measure/index.ts';
import type { Run } from '../run/index.ts';
import { english } from './words.ts';

const GIB = 2 ** 30;

function runWith(count: number): Run {
  const many = <T>(value: T) => Array.from({ length: count }, () => value);
  const counts: DeedsDone['counts'] = {
    'machines moved': count,
    'pods moved': count,
    'hosts woken': count,
    'hosts put to sleep': count,
    'sizes changed': count,
  };
  return {
    carried: { machines: count, bytes: count * GIB, seconds: 3 * count, failed: count },
    deeds: { counts, reasons: [], latest: [] },
    samples: many({ hostsOn: 1, hostsAsleep: 0 }),
    overCapMs: many(0),
    reserveLostMs: many(0),
    reserveBrokenMs: many(0),
    reserveCheck: { tried: count, of: 2 * count, together: false },
    writes: count,
    quiet: { heartbeats: count, events: count, samples: count },
  } as unknown as Run;
}

/** All that is said in numbers, where there are so many of everything. */
function sentencesOf(count: number): readonly string[] {
  const run = runWith(count);
  const { use, elasticity } = english;
  return [
    english.taken({
      inPlace: count,
      waiting: count,
      elsewhere: Array.from({ length: count }, () => ({ machine: 'x' })),
    } as never),
    english.more({ group: 'web', machines: count, now: count, why: { hosts: count, obstacles: [], remedies: [] } }),
    english.lost({ kind: 'rack', name: 'r', hosts: count, machines: count, homeless: count, waiting: count }),
    english.growth({ percentPerWeek: 3, weeks: count } as never),
    english.fewest({ hosts: count, of: count - 1, reserve: 0, least: count }),
    english.loss({
      what: 'rack r',
      atMs: 0,
      hosts: count,
      machines: count,
      medianMs: 1000,
      longestMs: 1000,
      missing: 0,
    }),
    english.flaw({ name: 't', lines: count, holes: count, negative: 0 }),
    english.quiet(run),
    english.overCap(run) ?? '',
    english.reserve(run, 1),
    use.moves(run),
    use.power(run),
    elasticity.others(count),
    elasticity.changes('p', count, count),
  ];
}

test('one of a thing is told as one', () => {
  assert.deepEqual(sentencesOf(1), [
    'It begins as the cloud is: 1 machine on the hosts where they are, 1 that waits. 1 is not where it was, first x.',
    '1 more of web fits. Then: 0/1 nodes are available.',
    'Losing rack r (1 host, 1 machine): 1 machine without another host; 1 more waits for hosts to be woken.',
    'Growing by 3 % a week, it is full in 1 week.',
    'With 0 kept free, what runs needs 1 host like this; there are 0.',
    'rack r, lost after 0 s: 1 host, 1 machine. It ran again after 1 s.',
    'Trace t: of 1 line, 1 without a number was bridged by a straight line.',
    'Operations, controllers and the state machines of agents are those of a live cloud: 1 write. What nobody could read a ' +
      'difference in was not written: 1 heartbeat, 1 sample of load, 1 event and figures in statuses. ' +
      'Not rehearsed: what runs inside guests, disks and their contents, and the network between machines.',
    'The power cap was exceeded at 1 moment, first after 0 s.',
    'N+1 was not held at 1 of 1 moment, first after 0 s. Tried was the loss of the heaviest of 2 hosts, not of the others.',
    '1 virtual machine was moved while it ran: 1 GiB of memory, 3 s. 1 pod was ended, and made anew where there was a ' +
      'better place. 1 move did not arrive, as a host or the machine had gone.',
    'Hosts were put to sleep 1 time and woken 1 time: of 1, 1.0 were on in the mean, and 1 at least.',
    '1 more group, of which less was left undone',
    'p: 1 change',
  ]);
});

test('several are told as several', () => {
  const told = sentencesOf(1200).join(' ');
  for (const words of [
    '1 200 that wait. 1 200 are not where they were',
    '1 200 more of web fit.',
    '(1 200 hosts, 1 200 machines): 1 200 machines without another host; 1 200 more wait',
    'in 1 200 weeks',
    'needs 1 200 hosts like these; there are 1 199.',
    'They ran again',
    '1 200 without a number were bridged',
    '1 200 writes',
    'at 1 200 moments',
    'each of the 1 200 heaviest of 2 400 hosts',
    '1 200 virtual machines were moved while they ran: 1 200 GiB of memory, 3 s each.',
    '1 200 pods were ended',
    '1 200 times',
    '1 200 more groups',
    '1 200 changes',
  ])
    assert.ok(told.includes(words), `${words}: ${told}`);
});
