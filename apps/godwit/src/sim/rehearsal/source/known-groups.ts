import { type KubeObject, wholeUnits } from '@godwit/kinds';
import { requestOfMachine } from '@godwit/planner';
import type { PlaceConstraints, PlannedGroup } from '../plan/index.ts';
import { controllerOf } from './complete.ts';
import { isMachine, isPod, type Machine } from './machines.ts';
import { rootsOf } from './owners.ts';
import { useName } from './saved.ts';
import { type Scaled, scaledOf } from './scaled.ts';

/** What machines use of which nothing is known, as a share of what they ask for. */
const USED_SHARE = 0.5;
/** Labels that tell one machine from another of its kind. */
const OWN_LABELS =
  /^(kubevirt\.io|vm\.kubevirt\.io|statefulset\.kubernetes\.io|apps\.kubernetes\.io|sim\.godwit\.dev)\/|-hash$/;
const NAME_LABELS = ['app.kubernetes.io/name', 'app', 'name'];
const MOST_LETTERS = 40;

/** Machines that are alike: of one kind and size, with the same wishes. */
interface Kind {
  readonly isPod: boolean;
  readonly namespace: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly constraints: PlaceConstraints;
  readonly title: string | undefined;
  /** From when one runs until it is ready, as it says itself. */
  readonly startsInSeconds: number | undefined;
  /** Who scales them: they are a group of their own. */
  readonly scaler: string | undefined;
}

/** What machines use now: processors in thousandths, memory in bytes; by `pod/namespace/name` and `vmi/namespace/name`. */
export type KnownUse = ReadonlyMap<string, { readonly cpu: number; readonly memory?: number }>;

interface Gathered {
  readonly kind: Kind;
  /** The first of them. */
  readonly pattern: Machine;
  readonly name: string;
  readonly scaled: Scaled | undefined;
  count: number;
  measured: number;
  cpu: number;
  memory: number;
}

export interface KnownGroups {
  readonly groups: readonly PlannedGroup[];
  /** The name of the group of each machine, and of all that makes such machines, by uid. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The machines of a cloud in groups of which all members are alike. What one object makes is one group. Those that have
 * ended are left out.
 */
export function knownGroups(objects: readonly KubeObject[], use: KnownUse): KnownGroups {
  const roots = rootsOf(objects);
  const scaled = scaledOf(objects);
  const byKey = new Map<string, Gathered>();
  const byRoot = new Map<string, Gathered>();
  const taken = new Set<string>();
  for (const machine of objects.filter(isMachine)) {
    const request = requestOfMachine(machine as KubeObject);
    if (request.finished) continue;
    const root = roots(machine);
    let group = byRoot.get(root);
    if (!group) {
      const kind = kindOf(machine, request.amounts, scaled.get(root)?.uid);
      const key = JSON.stringify(kind);
      group = byKey.get(key) ?? gathered(kind, machine, scaled.get(root), taken);
      byKey.set(key, group);
      byRoot.set(root, group);
    }
    group.count++;
    measure(group, machine, use);
  }
  const names = objects.flatMap((object): [string, string][] => {
    const group = byRoot.get(roots(object));
    return group ? [[object.metadata.uid ?? '', group.name]] : [];
  });
  return { groups: [...byKey.values()].map(plannedGroup), names: new Map(names) };
}

const gathered = (kind: Kind, pattern: Machine, scaled: Scaled | undefined, taken: Set<string>): Gathered => ({
  kind,
  pattern,
  name: nameOf(kind, taken),
  scaled,
  count: 0,
  measured: 0,
  cpu: 0,
  memory: 0,
});

function measure(group: Gathered, machine: Machine, use: KnownUse): void {
  const used = use.get(useName(machine));
  if (!used) return;
  group.measured++;
  group.cpu += used.cpu;
  group.memory += used.memory ?? 0;
}

function plannedGroup({ kind, pattern, name, scaled, count, measured, cpu, memory }: Gathered): PlannedGroup {
  const { cpuMillis, memoryBytes } = kind;
  const share = measured > 0 && cpuMillis > 0 ? cpu / measured / cpuMillis : USED_SHARE;
  const startsInMs = 1000 * (kind.startsInSeconds ?? 0);
  return {
    name,
    kind: kind.isPod ? 'Pod' : 'VirtualMachine',
    count,
    cpuMillis,
    memoryBytes,
    load: () => share,
    percentPerWeek: 0,
    apart: undefined,
    constraints: kind.constraints,
    known: { pattern, ...(measured > 0 && { usedBytes: memory / measured }) },
    ...(scaled &&
      cpuMillis > 0 && {
        scaling: {
          demand: () => (share * count * cpuMillis) / 1000,
          perCore: 1,
          startsInMs,
          scaler: scaled.scaler,
        },
      }),
  };
}

function kindOf(machine: Machine, { cpu = 0, memory = 0 }: Readonly<Record<string, number>>, scaler?: string): Kind {
  const { labels = {}, namespace = 'default' } = machine.metadata;
  const { nodeSelector, affinity, tolerations, topologySpreadConstraints } = machine.spec;
  const guest = isPod(machine) ? 0 : wholeUnits(machine.spec.domain.memory?.guest);
  const { readinessProbe } = isPod(machine) ? (machine.spec.containers[0] ?? {}) : machine.spec;
  return {
    isPod: isPod(machine),
    namespace,
    cpuMillis: cpu,
    // What is beside the guest is counted anew.
    memoryBytes: guest > 0 ? guest : memory,
    constraints: {
      labels: Object.fromEntries(
        Object.entries(labels)
          .filter(([key]) => !OWN_LABELS.test(key))
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
      ...(nodeSelector && { nodeSelector }),
      ...(affinity && { affinity }),
      ...(tolerations && { tolerations }),
      ...(topologySpreadConstraints && { topologySpreadConstraints }),
    },
    title: NAME_LABELS.map((key) => labels[key]).find((name) => name !== undefined) ?? ownerOf(machine),
    startsInSeconds: readinessProbe?.initialDelaySeconds,
    scaler,
  };
}

/** A set is called as what made it, and a hash; a virtual machine that nothing made has a name of its own. */
function ownerOf(machine: Machine): string | undefined {
  const owner = controllerOf(machine);
  if (owner?.kind === 'VirtualMachine') return undefined;
  return owner?.kind === 'ReplicaSet' ? owner.name.replace(/-[a-z0-9]{5,10}$/, '') : owner?.name;
}

/** Short where that is enough to tell groups apart. */
function nameOf({ isPod: ofPods, namespace, cpuMillis, memoryBytes, title }: Kind, taken: Set<string>): string {
  const size = `${cpuMillis}m-${Math.round(memoryBytes / 2 ** 20)}mi`;
  const short = title
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, MOST_LETTERS)
    .replaceAll(/^-+|-+$/g, '');
  const long = short ? `${short}-${size}` : `${ofPods ? 'pod' : 'vm'}-${size}`;
  const spaced = short && namespace !== 'default' ? [`${namespace}-${short}`.slice(0, MOST_LETTERS)] : [];
  const choices = [...(short ? [short, ...spaced] : []), long];
  let name = choices.find((choice) => !taken.has(choice));
  for (let number = 2; name === undefined; number++) {
    if (!taken.has(`${long}-${number}`)) name = `${long}-${number}`;
  }
  taken.add(name);
  return name;
}
