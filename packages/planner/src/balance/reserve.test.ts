import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BalancePolicySpec } from '@godwit/kinds';
import { Floor } from './floor.ts';
import { holdsReserve, reserveGap } from './reserve.ts';
import type { Situation } from './situation.ts';
import { hostOf, machineOf, situationOf, testSettings } from './test-support/situation.ts';

function holds(situation: Situation, reserve: NonNullable<BalancePolicySpec['reserve']>): boolean {
  const settings = testSettings({ reserve });
  return holdsReserve(new Floor(situation, settings), settings.reserve);
}

const hosts = [
  hostOf('a', { rack: '1', zone: 'x' }),
  hostOf('b', { rack: '1', zone: 'x' }),
  hostOf('c', { rack: '2', zone: 'y' }),
];

test('what a lost host had must fit on the others', () => {
  const half = situationOf(hosts, [machineOf(0, 400), machineOf(1, 400), machineOf(2, 400)]);
  assert.ok(holds(half, { hosts: 1 }));
  assert.ok(!holds(half, { hosts: 2 }));
});

test('room in pieces is no room', () => {
  const memory = (size: number) => ({ held: { memory: size } });
  const pieces = situationOf(hosts, [
    machineOf(0, 10, memory(600)),
    machineOf(1, 10, memory(600)),
    machineOf(2, 10, memory(600)),
  ]);
  assert.ok(!holds(pieces, { hosts: 1 }));
});

test('the host that matters is not always the fullest', () => {
  const memory = (size: number) => ({ held: { memory: size } });
  const machines = [
    machineOf(0, 10, memory(300)),
    machineOf(0, 10, memory(300)),
    machineOf(1, 10, memory(550)),
    machineOf(2, 10, memory(500)),
  ];
  assert.ok(!holds(situationOf(hosts, machines), { hosts: 1 }), 'what is on b fits nowhere else');
  const crowd = Array.from({ length: 200 }, (_, index) => hostOf(`h${index}`));
  const many = crowd.flatMap((_, host) =>
    host === 7
      ? [machineOf(host, 10, memory(550))]
      : [machineOf(host, 10, memory(300)), machineOf(host, 10, memory(300))],
  );
  assert.ok(!holds(situationOf(crowd, many), { hosts: 1 }), 'nor where they are too many to try all');
});

test('a host that does nothing may fail, too', () => {
  const small = hostOf('small', { capacity: { cpu: 500, memory: 1000 } });
  const situation = situationOf([hostOf('a'), hostOf('idle'), small], [machineOf(0, 600)]);
  assert.ok(holds(situation, { hosts: 1 }));
  assert.ok(!holds(situation, { hosts: 2 }), 'if the idle one fails with it');
});

test('racks and zones fail as a whole', () => {
  const machines = [machineOf(0, 300), machineOf(1, 300), machineOf(2, 400)];
  assert.ok(holds(situationOf(hosts, machines), { hosts: 1 }));
  assert.ok(!holds(situationOf(hosts, machines), { hosts: 0, racks: 1 }));
  assert.ok(!holds(situationOf(hosts, machines), { hosts: 0, zones: 1 }));
});

test('hosts that are off or cordoned are no reserve', () => {
  const machines = [machineOf(0, 500)];
  assert.ok(!holds(situationOf([hostOf('a'), hostOf('b', { power: 'off' })], machines), { hosts: 1 }));
  assert.ok(!holds(situationOf([hostOf('a'), hostOf('b', { open: false })], machines), { hosts: 1 }));
});

test('a reserve larger than the cluster does not hold, an empty cluster needs none', () => {
  assert.ok(!holds(situationOf(hosts, [machineOf(0, 1)]), { hosts: 3 }));
  assert.ok(holds(situationOf(hosts, []), { hosts: 99 }));
});

test('what may run nowhere else is not what a reserve is for', () => {
  const pinned = { allows: (_: number, host: number) => host === 0 };
  assert.ok(holds(situationOf(hosts, [machineOf(0, 100)], pinned), { hosts: 1 }));
});

test('what the reserve lacks is told: which hosts it is about, and who would be without one', () => {
  const gapOf = (reserve: NonNullable<BalancePolicySpec['reserve']>) => {
    const settings = testSettings({ reserve });
    const machines = [machineOf(0, 300), machineOf(1, 300), machineOf(2, 400)];
    return reserveGap(new Floor(situationOf(hosts, machines), settings), settings.reserve);
  };
  assert.equal(gapOf({ hosts: 1 }), undefined);
  assert.deepEqual(gapOf({ hosts: 0, racks: 1 }), { of: 'racks', lost: [0, 1], homeless: 1 });
  assert.deepEqual(gapOf({ hosts: 3 }), { of: 'hosts', lost: [] });
});

test('asked again, it has the same answer: trying to place machines leaves no trace', () => {
  const hosts = [3, 7, 5].map((cpu, index) =>
    hostOf(`h${index}`, { open: index > 0, capacity: { cpu, memory: 9999 } }),
  );
  const settings = testSettings({ reserve: { hosts: 1 } });
  const orders = [
    [3, 3, 4],
    [3, 4, 3],
    [4, 3, 3],
  ];
  const answers = orders.flatMap((sizes) => {
    const floor = new Floor(
      situationOf(
        hosts,
        sizes.map((cpu) => machineOf(0, cpu)),
      ),
      settings,
    );
    return [holdsReserve(floor, settings.reserve), holdsReserve(floor, settings.reserve)];
  });
  assert.equal(new Set(answers).size, 1, answers.join(' '));
});
