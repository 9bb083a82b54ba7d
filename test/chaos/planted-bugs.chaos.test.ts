import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PowerDriver } from '@godwit/controllers';
import type {
  ContainerDriver,
  HypervisorDriver,
  NetworkDriver,
  VirtualMachineManager,
  VolumeDriver,
} from '@godwit/host';
import type { Door, KubeObject, Patch, ResourceQuota } from '@godwit/kinds';
import {
  balanceOffer,
  budgetOffer,
  deploymentOffer,
  machineOffer,
  type Offer,
  type Plant,
  Simulation,
  type SimulationOptions,
  scalers,
} from './index.ts';

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

/** Runs seeds until `invariant` is found to be violated in these words, while nobody looks at the others. */
async function assertFound(
  invariant: string,
  plant: Plant,
  options: Partial<SimulationOptions> = {},
  words = /./,
): Promise<void> {
  const found: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = new Simulation({ seed, minutes: 1, hosts: 1, busy: true, plant, invariants: [invariant], ...options });
    const { violation } = await run.run();
    if (violation?.invariant === invariant && words.test(violation.message)) return;
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
  assertFound('within-capacity', { everythingFits: true }, { minutes: 6 }));

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
    { minutes: 5, repertoire: [budgetOffer, deploymentOffer] },
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

/** A quota that forgets what it has counted of `resource` whenever another one of `plural` is made. */
const forgetful = (plural: string, resource: string): Plant => ({
  admitters: [
    {
      name: 'forgets',
      admit: ({ kind, operation, object, append, pending }) => {
        if (kind.plural !== plural || operation !== 'create') return undefined;
        const { namespace = '' } = object.metadata;
        const write = pending(`/core/resourcequotas/${namespace}/${namespace}`);
        if (!write?.body) return undefined;
        const quota = JSON.parse(write.body.text) as ResourceQuota;
        const status = { ...quota.status, used: { ...quota.status?.used, [resource]: '0', 'requests.memory': '0' } };
        append({ ...write, body: { text: JSON.stringify({ ...quota, status }) } });
        return undefined;
      },
    },
  ],
});

test('within-quota finds pods that a quota forgets', () =>
  assertFound('within-quota', forgetful('pods', 'pods'), { minutes: 5 }));

test('within-quota finds guests that a quota forgets', () =>
  assertFound('within-quota', forgetful('virtualmachineinstances', 'count/virtualmachineinstances.kubevirt.io'), {
    minutes: 5,
  }));

test('within-quota finds storage that a quota forgets', () => {
  const claims = forgetful('persistentvolumeclaims', 'persistentvolumeclaims');
  const storage = forgetful('persistentvolumeclaims', 'requests.storage');
  return assertFound(
    'within-quota',
    { admitters: [...(claims.admitters ?? []), ...(storage.admitters ?? [])] },
    { minutes: 5 },
  );
});

const DECISION = 'godwit.dev/decision';

test('decisions finds machines that are put elsewhere than is said', () =>
  assertFound('decisions', {
    door: (door: Door) =>
      but(door, {
        create: (address, object, options) => {
          const text = (object as KubeObject).metadata.annotations?.[DECISION];
          if (address.subresource !== 'binding' || text === undefined) return door.create(address, object, options);
          const annotations = { [DECISION]: JSON.stringify({ ...JSON.parse(text), host: 'elsewhere' }) };
          const { metadata } = object as KubeObject;
          return door.create(address, { ...(object as KubeObject), metadata: { ...metadata, annotations } }, options);
        },
      }),
  }));

test('decisions finds reasons that are written before anything is done', () =>
  assertFound('decisions', {
    door: (door: Door) =>
      but(door, {
        create: async (address, object, options) => {
          const { subresource, ...place } = address;
          const { annotations, name } = (object as KubeObject).metadata;
          if (subresource === 'binding' && annotations?.[DECISION] !== undefined) {
            const said = { ...place, name: place.name ?? name ?? '' };
            await door.patch(said, { type: 'merge', body: { metadata: { annotations } } });
          }
          return door.create(address, object, options);
        },
      }),
  }));

type Seen = (object: KubeObject) => KubeObject;

/** The API, whose objects of one kind look different to everybody. */
const lookingLike = (plural: string, seen: Seen) => (door: Door) =>
  but(door, {
    get: async (address, ...rest) => {
      const found = await door.get(address, ...rest);
      return address.plural === plural && !address.subresource ? (seen(found) as typeof found) : found;
    },
    list: async (address, ...rest) => {
      const listed = await door.list(address, ...rest);
      if (address.plural !== plural) return listed;
      return { ...listed, items: listed.items.map((item) => seen(item) as typeof item) };
    },
    watch: async function* (address, ...rest) {
      for await (const event of door.watch(address, ...rest)) {
        if (address.plural !== plural || !('object' in event)) yield event;
        else yield { ...event, object: seen(event.object as KubeObject) } as typeof event;
      }
    },
  });

/** What it says, with another spec. */
const withSpec =
  (spec: object): Seen =>
  (object) =>
    ({ ...object, spec: { ...(object as { spec?: object }).spec, ...spec } }) as KubeObject;

const scaling = { minutes: 6, repertoire: [...scalers, deploymentOffer] };

test('autoscaling finds numbers beyond the bounds', () =>
  assertFound(
    'autoscaling',
    {
      door: (door: Door) =>
        but(door, {
          patch: (address, patch, options) => {
            const { spec, metadata } = (patch as { body?: ScaleBody }).body ?? {};
            if (spec?.replicas === undefined || metadata === undefined) return door.patch(address, patch, options);
            const body = { metadata, spec: { replicas: spec.replicas + 9 } };
            return door.patch(address, { type: 'merge', body } satisfies Patch, options);
          },
        }),
    },
    scaling,
  ));

interface ScaleBody {
  readonly metadata?: object;
  readonly spec?: { readonly replicas?: number };
}

test('autoscaling finds autoscalers that take away at once what they have added', () => {
  const hasty = withSpec({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
  const door = (real: Door) =>
    lookingLike('elasticpolicies', hasty)(lookingLike('horizontalpodautoscalers', hasty)(real));
  return assertFound('autoscaling', { door }, scaling);
});

test('autoscaling finds policies that do not see who goes before them', () =>
  assertFound(
    'autoscaling',
    {
      door: lookingLike('horizontalpodautoscalers', (object) => {
        const { scaleTargetRef } = (object as { spec?: { scaleTargetRef?: object } }).spec ?? {};
        return withSpec({ scaleTargetRef: { ...scaleTargetRef, apiVersion: 'v1' } })(object);
      }),
    },
    scaling,
  ));

const balancing = { minutes: 6, hosts: 2, repertoire: [balanceOffer, deploymentOffer, machineOffer] };

/** Pods of which two fit on a host. */
const heavyOffer: Offer = {
  ...deploymentOffer,
  most: 1,
  make: (name) => {
    const labels = { app: name };
    const containers = [{ name: 'main', image: 'web', resources: { requests: { cpu: '50m', memory: '1500Mi' } } }];
    const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 4, containers } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    return [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, spec }];
  },
};

const power = { mode: 'automatic', idleSeconds: 20, wakeSeconds: 20 };

/** A policy that switches hosts off, and of which nobody ever changes their mind. */
const thriftyOffer: Offer = {
  resource: balanceOffer.resource,
  most: 1,
  make: (name) => {
    const spec = { placement: { strategy: 'pack' }, power, reserve: { hosts: 1 } };
    return [{ apiVersion: 'godwit.dev/v1alpha1', kind: 'BalancePolicy', metadata: { name }, spec }];
  },
  everywhere: true,
  balances: true,
};

const thrifty = { minutes: 6, repertoire: [thriftyOffer, heavyOffer] };

test('reserve finds hosts that sleep although the reserve needs them', () =>
  assertFound(
    'reserve',
    { door: lookingLike('balancepolicies', withSpec({ reserve: { hosts: 0 } })) },
    { ...thrifty, hosts: 2 },
    /: 1 host is on$/,
  ));

test('reserve finds hosts that are enough by number and not by room', () => {
  // As if to keep a reserve were to count hosts: always one more than may fail stays on.
  const counted = withSpec({ reserve: { hosts: 0 }, power: { ...power, minimumHosts: 2 } });
  return assertFound(
    'reserve',
    { door: lookingLike('balancepolicies', counted) },
    { ...thrifty, hosts: 3 },
    /has no room on the others$/,
  );
});

test('sleeping-hosts finds a driver that switches off another host than it was told', () =>
  assertFound(
    'sleeping-hosts',
    { power: (driver: PowerDriver) => but(driver, { sleep: () => driver.sleep('host-1') }) },
    { ...balancing, hosts: 3 },
  ));

test('sleeping-hosts finds that nobody knows where the control plane runs', () =>
  assertFound(
    'sleeping-hosts',
    {
      door: lookingLike('nodes', (object) => {
        const { 'node-role.kubernetes.io/control-plane': _role, ...labels } = object.metadata.labels ?? {};
        const other = object.metadata.name === 'host-0' ? {} : { 'node-role.kubernetes.io/control-plane': '' };
        return { ...object, metadata: { ...object.metadata, labels: { ...labels, ...other } } };
      }),
    },
    { ...balancing, repertoire: [balanceOffer] },
  ));

test('moves finds a host that ends the guests which come to it', () =>
  assertFound(
    'moves',
    {
      instances: (manager: VirtualMachineManager) =>
        but(manager, {
          receive: async (machine) => {
            await manager.receive(machine);
            manager.absent(machine.metadata.uid);
          },
        }),
    },
    { ...balancing, minutes: 8 },
  ));
