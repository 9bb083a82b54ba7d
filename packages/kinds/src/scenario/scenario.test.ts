import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from './duration.ts';
import { type ScenarioSpec, scenario } from './scenario.ts';

function faultsOf(spec: ScenarioSpec): (string | undefined)[] {
  const item = { apiVersion: 'godwit.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'x' }, spec };
  return (scenario.validate?.(item, {}) ?? []).map(({ field }) => field);
}

const web = { name: 'web', count: 3, cpu: '1', memory: '1Gi' };

test('durations are numbers with units, one after the other', () => {
  assert.equal(durationMs('1h30m'), 5_400_000);
  assert.equal(durationMs('0s'), 0);
  for (const wrong of ['', '5', 'm', '-1h', '1 h', '1y']) assert.equal(durationMs(wrong), undefined, wrong);
});

test('a scenario of sense has no faults', () => {
  const spec: ScenarioSpec = {
    duration: '7d',
    hosts: [{ name: 'big', count: 4, cpu: '64', memory: '256Gi', racks: 2 }],
    machines: [{ ...web, load: { low: 0.1, high: 0.7 }, growth: { percentPerWeek: 3 } }],
    events: [
      { at: '6h', lose: { rack: 'rack-1' }, for: '1h' },
      { at: '8h', add: { machines: 'web', count: 2 } },
    ],
  };
  assert.deepEqual(faultsOf(spec), []);
});

test('what contradicts itself or cannot be is refused', () => {
  const host = { name: 'h', count: 1, cpu: '-4', memory: 'much', idleWatts: 9, fullWatts: 3, sleepWatts: 10, zones: 2 };
  assert.deepEqual(faultsOf({ hosts: [host] }), [
    'spec.hosts[0].cpu',
    'spec.hosts[0].memory',
    'spec.hosts[0].fullWatts',
    'spec.hosts[0].sleepWatts',
    'spec.hosts[0].zones',
  ]);
  assert.deepEqual(faultsOf({ machines: [{ ...web, load: { constant: 1, trace: 'x' } }] }), ['spec.machines[0].load']);
  assert.deepEqual(faultsOf({ machines: [{ ...web, load: { low: 2, high: 1 } }] }), ['spec.machines[0].load.high']);
  assert.deepEqual(faultsOf({ events: [{ at: '1h' }] }), ['spec.events[0]']);
  assert.deepEqual(faultsOf({ events: [{ at: 'soon', lose: {} }] }), ['spec.events[0].at', 'spec.events[0].lose']);
  assert.deepEqual(faultsOf({ duration: '1s', sampleEvery: '9w' }).slice(0, 2), ['spec.duration', 'spec.sampleEvery']);
  assert.deepEqual(faultsOf({ duration: '1h', sampleEvery: '2h' }), ['spec.sampleEvery']);
  assert.deepEqual(faultsOf({ duration: '1h', events: [{ at: '2h', lose: { host: 'a' } }] }), ['spec.events[0].at']);
});

test('policies of a scenario are refused for the reasons for which BalancePolicies are', () => {
  const automatic = { mode: 'automatic' } as const;
  const policies = [
    { name: 'even', power: automatic },
    { name: 'still', balance: { ...automatic, maximumMovesPerHour: 0 } },
    { name: 'apart', placement: { isolation: { apart: [{ tenants: ['alone'] }] } } },
    { name: 'fine', placement: { strategy: 'energy' }, power: automatic },
  ] as const;
  assert.deepEqual(faultsOf({ policies }), [
    'spec.policies[0].power.mode',
    'spec.policies[1].balance.maximumMovesPerHour',
    'spec.policies[2].placement.isolation.apart[0].tenants',
  ]);
});

const day: ScenarioSpec = {
  machines: [
    {
      name: 'shop',
      kind: 'Pod',
      count: 3,
      cpu: '1',
      memory: '1Gi',
      demand: { low: 100, high: 900, perCore: 50, spikes: [{ at: '19h', for: '20m', times: 3, rise: '2m' }] },
      autoscale: { horizontal: { minReplicas: 2, maxReplicas: 40 } },
    },
  ],
};
const [shop] = day.machines ?? [];

test('what scales a group is judged as the kinds themselves judge it, and told of where it stands', () => {
  assert.ok(shop);
  assert.deepEqual(faultsOf(day), []);
  const faultsWith = (change: Partial<typeof shop>) => faultsOf({ machines: [{ ...shop, ...change }] });
  assert.deepEqual(faultsWith({ autoscale: { horizontal: { minReplicas: 9, maxReplicas: 4 } } }), [
    'spec.machines[0].autoscale.horizontal.maxReplicas',
  ]);
  const metrics = [{ name: 'cpu', type: 'cpu', target: { value: '0' } }] as const;
  assert.deepEqual(faultsWith({ autoscale: { elastic: { out: { maxReplicas: 9 }, metrics } } }), [
    'spec.machines[0].autoscale.elastic.metrics[0].target.value',
  ]);
  assert.deepEqual(faultsWith({ autoscale: {} }), ['spec.machines[0].autoscale']);
  assert.deepEqual(faultsWith({ load: { constant: 1 } }), ['spec.machines[0].load']);
  assert.deepEqual(faultsOf({ machines: [{ ...web, startsIn: '1m' }] }), ['spec.machines[0].startsIn']);
  assert.deepEqual(faultsWith({ cpu: '0' }), ['spec.machines[0].cpu']);
});

test('what a rehearsal does not know is refused: memory, latency; and a number of machines of which only one can be', () => {
  assert.ok(shop);
  const faultsWith = (change: Partial<typeof shop>) => faultsOf({ machines: [{ ...shop, ...change }] });
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 50 } },
  } as const;
  assert.deepEqual(faultsWith({ autoscale: { horizontal: { maxReplicas: 4, metrics: [memory] } } }), [
    'spec.machines[0].autoscale.horizontal.metrics[0].resource.name',
  ]);
  const latency = { name: 'l', type: 'latency', service: 'shop', target: { value: '1' } } as const;
  const up = { cpu: { minimum: '1', maximum: '4' } };
  const elastic = { out: { maxReplicas: 9 }, up, metrics: [latency] };
  assert.deepEqual(faultsWith({ kind: 'VirtualMachine', autoscale: { elastic } }), [
    'spec.machines[0].autoscale.elastic.metrics[0].type',
  ]);
  const { out: _, ...alone } = { ...elastic, metrics: [{ ...latency, type: 'requests' as const }] };
  assert.deepEqual(faultsWith({ kind: 'VirtualMachine', autoscale: { elastic: alone } }), [
    'spec.machines[0].autoscale.elastic.out',
  ]);
});

test('policies scale groups that there are and that have a demand; nobody orders machines of these', () => {
  const steady = { ...web, name: 'steady' };
  const machines = [...(day.machines ?? []), steady];
  const policies = [
    {
      name: 'a',
      autoscale: [
        { machines: 'steady', replicas: 3 },
        { machines: 'none', replicas: 3 },
      ],
    },
  ];
  assert.deepEqual(faultsOf({ machines, policies }), [
    'spec.policies[0].autoscale[0].machines',
    'spec.policies[0].autoscale[1].machines',
  ]);
  assert.deepEqual(faultsOf({ machines, events: [{ at: '1h', add: { machines: 'shop', count: 1 } }] }), [
    'spec.events[0].add.machines',
  ]);
  assert.deepEqual(faultsOf({ machines, events: [{ at: '1h', blind: { machines: 'steady' } }] }), [
    'spec.events[0].blind.machines',
  ]);
  assert.deepEqual(faultsOf({ machines: [{ ...steady, autoscale: { replicas: 2 } }] }), ['spec.machines[0].demand']);
});

test('demands of sense', () => {
  assert.ok(shop);
  const faultsWith = (demand: typeof shop.demand) => faultsOf({ machines: [{ ...shop, ...(demand && { demand }) }] });
  assert.deepEqual(faultsWith({ constant: 1, trace: 'x' }), ['spec.machines[0].demand']);
  assert.deepEqual(faultsWith({ constant: 1, highest: 3 }), ['spec.machines[0].demand.highest']);
  assert.deepEqual(faultsWith({ constant: 1, spikes: [{ at: '1h', for: '1m', times: 2, rise: '40s' }] }), [
    'spec.machines[0].demand.spikes[0].rise',
  ]);
});

test('hosts, machines and policies are told apart by their names', () => {
  const host = { name: 'h', count: 1, cpu: '4', memory: '8Gi' };
  const spec = { hosts: [host, host], machines: [web, web], policies: [{ name: 'a' }, { name: 'a' }] };
  assert.deepEqual(faultsOf(spec), ['spec.hosts[1].name', 'spec.machines[1].name', 'spec.policies[1].name']);
});

test('names are such that a number can follow them, and policies have one', () => {
  const host = { name: 'A b', count: 1, cpu: '4', memory: '8Gi' };
  const spec = { hosts: [host], machines: [{ ...web, name: 'x'.repeat(60) }], policies: [{ name: '' }] };
  assert.deepEqual(faultsOf(spec), ['spec.policies[0].name', 'spec.hosts[0].name', 'spec.machines[0].name']);
});

test('what is nothing, or more than there can be, is refused', () => {
  const host = { name: 'h', count: 2, cpu: '0', memory: '0', racks: 3 };
  assert.deepEqual(faultsOf({ hosts: [host] }), ['spec.hosts[0].cpu', 'spec.hosts[0].memory', 'spec.hosts[0].racks']);
  const machines = (more: object, rest: Partial<ScenarioSpec> = {}) =>
    faultsOf({ machines: [{ ...web, ...more }], ...rest });
  assert.deepEqual(machines({ memory: '0' }), ['spec.machines[0].memory']);
  assert.deepEqual(machines({ load: { low: 20, high: 80 } }), [
    'spec.machines[0].load.low',
    'spec.machines[0].load.high',
  ]);
  assert.deepEqual(machines({ growth: { percentPerWeek: 1000 } }, { duration: '52w' }), [
    'spec.machines[0].growth.percentPerWeek',
  ]);
  assert.deepEqual(machines({}, { duration: '520w', growth: { percentPerWeek: 10 } }), ['spec.growth.percentPerWeek']);
  const remove = { machines: 'web', count: 6 };
  assert.deepEqual(machines({}, { events: [{ at: '2h', remove }] }), ['spec.events[0].remove.count']);
  const add = { machines: 'web', count: 3 };
  assert.deepEqual(
    machines(
      {},
      {
        events: [
          { at: '1h', add },
          { at: '2h', remove },
        ],
      },
    ),
    [],
  );
});

test('what is of another way of saying it than the one that is chosen is refused', () => {
  const load = { constant: 0.5, every: '5m', peakAt: '3h', unit: 'peak' } as const;
  assert.deepEqual(faultsOf({ machines: [{ ...web, load }] }), [
    'spec.machines[0].load.every',
    'spec.machines[0].load.peakAt',
    'spec.machines[0].load.unit',
  ]);
});

test('prices begin once at a time', () => {
  const energyPrice = [
    { from: '60m', value: 1 },
    { from: '1h', value: 2 },
  ];
  assert.deepEqual(faultsOf({ energyPrice }), ['spec.energyPrice[1].from']);
});
