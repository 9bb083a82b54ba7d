import type { Random } from '@godwit/base';
import { gpuShareResource, type Host, type MachineRequest } from '@godwit/planner';
import { exampleMachine, GIB, HOSTNAME, ZONE } from './example-cluster.ts';

/** Machines as they come, one after the other, and the hosts that they come to. */
export interface Stream {
  readonly what: string;
  /** What hosts differ in from scheduler_perf's. */
  readonly host?: (index: number) => Partial<Host>;
  readonly machine: (random: Random, index: number) => MachineRequest;
  /** How many of a hundred machines are followed by one that goes. */
  readonly goes?: number;
}

/** Flavours as clouds sell them, small ones more often. */
const FLAVOURS = [1, 1, 1, 1, 2, 2, 2, 4, 4, 8].flatMap((cores) =>
  [2, 4, 8].map((gib) => ({ cpu: cores * 250, memory: cores * gib * (GIB / 4), pods: 1 })),
);

/** Any size from a twentieth of a core to two cores, with 1 to 8 GiB a core. */
function anySize(random: Random): Record<string, number> {
  const cpu = 50 + random.integer(1950);
  return { cpu, memory: Math.round(cpu * (1 + 7 * random.next()) * 2 ** 20), pods: 1 };
}

export const plainStreams: readonly Stream[] = [
  {
    what: 'flavours',
    machine: (random, i) => exampleMachine(i, { amounts: FLAVOURS[random.integer(FLAVOURS.length)] ?? {} }),
  },
  { what: 'no two alike', machine: (random, i) => exampleMachine(i, { amounts: anySize(random) }) },
];

const selectorOf = (app: string) => ({ labelSelector: { matchLabels: { app } } });
const appOf = (random: Random) => `app-${random.integer(5000)}`;

/** What real streams have beside sizes; sizes are never alike. */
export const variedStreams: readonly Stream[] = [
  { what: 'nine of ten go again', machine: (random, i) => exampleMachine(i, { amounts: anySize(random) }), goes: 90 },
  {
    what: 'hosts of 50 sizes',
    host: (i) => ({ capacity: { cpu: 4000 + 1000 * (i % 50), memory: (16 + 8 * (i % 7)) * GIB, pods: 110 } }),
    machine: (random, i) => exampleMachine(i, { amounts: anySize(random) }),
  },
  {
    what: 'taints and selectors, 40 combinations',
    host: (i) => ({
      labels: { pool: `pool-${i % 20}` },
      taints: i % 2 ? [{ key: 'pool', value: `pool-${i % 20}`, effect: 'NoSchedule' as const }] : [],
    }),
    machine: (random, i) => {
      const pool = `pool-${random.integer(20)}`;
      const tolerations = [{ key: 'pool', operator: 'Equal' as const, value: pool }];
      const nodeSelector = random.integer(2) ? { pool } : undefined;
      return exampleMachine(i, { amounts: anySize(random), tolerations, nodeSelector });
    },
  },
  {
    what: 'each on one of 5,000 racks',
    host: (i) => ({ labels: { rack: `rack-${i % 5000}` } }),
    machine: (random, i) =>
      exampleMachine(i, { amounts: anySize(random), nodeSelector: { rack: `rack-${random.integer(5000)}` } }),
  },
  {
    what: 'required anti-affinity by host, 5,000 applications',
    machine: (random, i) => {
      const app = appOf(random);
      const far = [{ ...selectorOf(app), topologyKey: HOSTNAME }];
      const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: far } };
      return exampleMachine(i, { labels: { app }, amounts: anySize(random), affinity });
    },
  },
  {
    what: 'preferred affinity by zone and anti-affinity by host, 5,000 applications',
    machine: (random, i) => {
      const app = appOf(random);
      const wish = (topologyKey: string) => [{ weight: 50, podAffinityTerm: { ...selectorOf(app), topologyKey } }];
      const affinity = {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wish(ZONE) },
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wish(HOSTNAME) },
      };
      return exampleMachine(i, { labels: { app }, amounts: anySize(random), affinity });
    },
  },
  {
    what: 'a tenth with parts of GPUs',
    host: (i) =>
      i % 10 ? {} : { gpus: 4, capacity: { cpu: 32_000, memory: 256 * GIB, pods: 110, [gpuShareResource]: 4000 } },
    machine: (random, i) => {
      const share = 50 * (1 + random.integer(20));
      const gpu = { gpu: { count: 1, share }, amounts: { ...anySize(random), [gpuShareResource]: share } };
      return exampleMachine(i, random.integer(10) ? { amounts: anySize(random) } : gpu);
    },
  },
];
