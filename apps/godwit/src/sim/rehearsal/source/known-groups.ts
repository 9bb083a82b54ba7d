import { type KubeObject, type Pod, type VirtualMachineInstance, wholeUnits } from '@godwit/kinds';
import { requestOfMachine } from '@godwit/planner';
import type { PlaceConstraints, PlannedGroup } from '../plan/index.ts';

/** What machines use of which nothing is known, as a share of what they ask for. */
const USED_SHARE = 0.5;
/** Labels that tell one machine from another of its kind. */
const OWN_LABELS = /^(kubevirt\.io|vm\.kubevirt\.io|statefulset\.kubernetes\.io|apps\.kubernetes\.io)\/|-hash$/;
const NAME_LABELS = ['app.kubernetes.io/name', 'app', 'name'];
const MOST_LETTERS = 40;

type Machine = KubeObject & {
  readonly spec?: Omit<PlaceConstraints, 'labels'>;
  readonly status?: { readonly phase?: string };
};

/** Machines that are alike: of one kind and size, with the same wishes and the same use. */
interface Kind {
  readonly isPod: boolean;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly constraints: PlaceConstraints;
  readonly title: string | undefined;
}

/** Processors that machines use now, in thousandths, by `pod/namespace/name` and `vmi/namespace/name`. */
export type KnownUse = ReadonlyMap<string, { readonly cpu: number }>;

/** The machines of a cloud in groups of which all members are alike. Those that have ended are left out. */
export function knownGroups(machines: readonly KubeObject[], use: KnownUse): readonly PlannedGroup[] {
  const groups = new Map<string, { readonly kind: Kind; count: number; measured: number; cpu: number }>();
  for (const machine of machines) {
    const request = requestOfMachine(machine);
    if (request.finished) continue;
    const kind = kindOf(machine as Machine, request.amounts);
    const key = JSON.stringify(kind);
    const group = groups.get(key) ?? { kind, count: 0, measured: 0, cpu: 0 };
    groups.set(key, group);
    group.count++;
    const { namespace = 'default', name } = machine.metadata;
    const used = use.get(`${kind.isPod ? 'pod' : 'vmi'}/${namespace}/${name}`);
    if (!used) continue;
    group.measured++;
    group.cpu += used.cpu;
  }
  const names = new Set<string>();
  return [...groups.values()].map(({ kind, count, measured, cpu }): PlannedGroup => {
    const { isPod, cpuMillis, memoryBytes, constraints } = kind;
    const share = measured > 0 && cpuMillis > 0 ? cpu / measured / cpuMillis : USED_SHARE;
    return {
      name: nameOf(kind, names),
      kind: isPod ? 'Pod' : 'VirtualMachine',
      count,
      cpuMillis,
      memoryBytes,
      load: () => share,
      percentPerWeek: 0,
      apart: undefined,
      constraints,
    };
  });
}

function kindOf(machine: Machine, { cpu = 0, memory = 0 }: Readonly<Record<string, number>>): Kind {
  const isPod = machine.kind !== 'VirtualMachineInstance';
  const { labels = {} } = machine.metadata;
  const { nodeSelector, affinity, tolerations, topologySpreadConstraints } = machine.spec ?? {};
  const guest = isPod ? 0 : wholeUnits((machine as VirtualMachineInstance).spec.domain.memory?.guest);
  return {
    isPod,
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
    title: NAME_LABELS.map((key) => labels[key]).find((name) => name !== undefined) ?? ownerOf(machine as Pod),
  };
}

/** A set is called as what made it, and a hash; a virtual machine that nothing made has a name of its own. */
function ownerOf({ metadata: { ownerReferences } }: Pod): string | undefined {
  const owner = ownerReferences?.find(({ controller, kind }) => controller && kind !== 'VirtualMachine');
  return owner?.kind === 'ReplicaSet' ? owner.name.replace(/-[a-z0-9]{5,10}$/, '') : owner?.name;
}

/** Short where that is enough to tell groups apart. */
function nameOf({ isPod, cpuMillis, memoryBytes, title }: Kind, taken: Set<string>): string {
  const size = `${cpuMillis}m-${Math.round(memoryBytes / 2 ** 20)}mi`;
  const short = title
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, MOST_LETTERS)
    .replaceAll(/^-+|-+$/g, '');
  const long = short ? `${short}-${size}` : `${isPod ? 'pod' : 'vm'}-${size}`;
  const choices = [...(short ? [short] : []), long];
  let name = choices.find((choice) => !taken.has(choice));
  for (let number = 2; name === undefined; number++) {
    if (!taken.has(`${long}-${number}`)) name = `${long}-${number}`;
  }
  taken.add(name);
  return name;
}
