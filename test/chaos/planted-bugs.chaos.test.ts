import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerDriver, HypervisorDriver, NetworkDriver, VolumeDriver } from '@godwit/host';
import type { Door, ResourceQuota } from '@godwit/kinds';
import { type Plant, Simulation, type SimulationOptions } from './index.ts';

/** A bug shows in one of so many seeds, or it would be missed. */
const SEEDS = 12;

/** The part, with some of its methods replaced. */
function but<T extends object>(part: T, changes: Partial<T>): T {
  return new Proxy(part, {
    get: (target, property) => {
      const changed: unknown = Reflect.get(changes, property);
      if (changed !== undefined) return changed;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Runs seeds until `invariant` is found to be violated, while nobody looks at the others. */
async function assertFound(invariant: string, plant: Plant, options: Partial<SimulationOptions> = {}): Promise<void> {
  const found: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = new Simulation({ seed, minutes: 1, hosts: 1, busy: true, plant, invariants: [invariant], ...options });
    const { violation } = await run.run();
    if (violation?.invariant === invariant) return;
    found.push(violation?.message ?? 'nothing');
  }
  assert.fail(`${invariant} was not found to be violated, but: ${found.join('; ')}`);
}

const nothing = (): Promise<void> => Promise.resolve();

test('acknowledged-writes finds a store that does not sync', () =>
  assertFound('acknowledged-writes', { neverSyncs: true }));

test('one-copy finds an agent that does not look at what runs already', () =>
  assertFound('one-copy', {
    containers: (driver: ContainerDriver) => but(driver, { list: () => Promise.resolve([]) }),
  }));

test('one-copy finds a hypervisor that starts a machine beside itself', () => {
  let launches = 0;
  return assertFound('one-copy', {
    hypervisor: (driver: HypervisorDriver) =>
      but(driver, {
        list: () => Promise.resolve([]),
        adopt: () => Promise.resolve(undefined),
        launch: async (request) => {
          const uid = `${request.uid}-${++launches}`;
          await driver.prepare({ ...request, uid, volumes: [] }, new AbortController().signal);
          return driver.launch({ ...request, uid });
        },
      }),
  });
});

test('none-forgotten finds a machine that is said to have ended and has not', () =>
  assertFound(
    'none-forgotten',
    {
      hypervisor: (driver: HypervisorDriver) =>
        but(driver, { kill: nothing, powerDown: nothing, adopt: () => Promise.resolve(undefined) }),
    },
    // The run waits for what is left over, and so gives it time to be seen.
    { invariants: ['none-forgotten', 'no-leaks'] },
  ));

test('within-capacity finds bindings that nobody checks', () =>
  assertFound('within-capacity', { everythingFits: true }, { minutes: 2 }));

test('addresses finds a network that gives one address to all', () =>
  assertFound('addresses', {
    network: (driver: NetworkDriver) =>
      but(driver, {
        attach: (request) => driver.attach({ ...request, address: { ...request.address, ip: '10.64.0.99' } }),
      }),
  }));

test('addresses finds machines that do not keep theirs', () =>
  assertFound('addresses', {
    admitters: [
      {
        name: 'forgets-addresses',
        release: ({ kind, object, append }) => {
          if (kind.plural !== 'virtualmachineinstances') return;
          const text = object.metadata.annotations?.['network.godwit.dev/addresses'] ?? '[]';
          const addresses = JSON.parse(text) as { readonly ip: string }[];
          for (const { ip } of addresses) append({ key: `/networking.k8s.io/ipaddresses//${ip}`, body: null });
        },
      },
    ],
  }));

test('progress finds an engine that never answers', () =>
  assertFound('progress', {
    containers: (driver: ContainerDriver) => but(driver, { start: () => new Promise(() => undefined) }),
  }));

test('no-leaks finds volumes that are never removed', () =>
  assertFound('no-leaks', { volumes: (driver: VolumeDriver) => but(driver, { remove: nothing }) }));

test('no-leaks finds ports that are never taken away', () =>
  assertFound('no-leaks', { network: (driver: NetworkDriver) => but(driver, { detach: nothing }) }));

test('budgets finds evictions that are mere deletions', () =>
  assertFound(
    'budgets',
    {
      door: (door: Door) =>
        but(door, {
          create: async (address, object, options) => {
            if (address.subresource !== 'eviction') return door.create(address, object, options);
            const { subresource: _, name = '', ...place } = address;
            const { deleteOptions } = object as { readonly deleteOptions?: object };
            await door.delete({ ...place, name }, deleteOptions);
            return door.get({ ...place, name });
          },
        }),
    },
    { minutes: 5 },
  ));

test('whole-gangs finds a member that gets a host by itself', () =>
  assertFound(
    'whole-gangs',
    {
      door: (door: Door) =>
        but(door, {
          create: async (address, object, options) => {
            const made = await door.create(address, object, options);
            const { name, namespace = '', labels } = made.metadata;
            if (address.plural !== 'pods' || address.subresource || !labels?.['kueue.x-k8s.io/pod-group-name'])
              return made;
            const target = { apiVersion: 'v1', kind: 'Node', name: 'host-0' };
            const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
            await door.create({ ...address, name, subresource: 'binding' }, binding);
            return made;
          },
        }),
    },
    { minutes: 3 },
  ));

test('within-quota finds a quota that forgets what it has counted', () =>
  assertFound(
    'within-quota',
    {
      admitters: [
        {
          name: 'forgets-pods',
          admit: ({ kind, operation, object, append, pending }) => {
            if (kind.plural !== 'pods' || operation !== 'create') return undefined;
            const { namespace = '' } = object.metadata;
            const key = `/core/resourcequotas/${namespace}/${namespace}`;
            const write = pending(key);
            if (!write?.body) return undefined;
            const quota = JSON.parse(write.body.text) as ResourceQuota;
            const status = { ...quota.status, used: { pods: '0' } };
            append({ ...write, body: { text: JSON.stringify({ ...quota, status }) } });
            return undefined;
          },
        },
      ],
    },
    { minutes: 5 },
  ));
