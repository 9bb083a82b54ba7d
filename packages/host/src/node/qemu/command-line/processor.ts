import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import { wholeUnits } from '@godwit/kinds';
import type { LaunchSite } from './context.ts';
import { type OptionValue, options } from './options.ts';

/** How many processors at boot, how many at most, and how they are laid out. */
export interface ProcessorPlan {
  readonly sockets: number;
  readonly maxSockets: number;
  readonly cores: number;
  readonly threads: number;
}

/** KubeVirt's own ceiling on what a machine can grow to when nobody says. */
const GROWTH_FACTOR = 4;
const MOST_DEFAULT_PROCESSORS = 64;

/**
 * Sockets are what grows. Where no topology is given, the processors asked for as resources become sockets, as in
 * KubeVirt.
 */
export function processorPlan(spec: VirtualMachineInstanceSpec): ProcessorPlan {
  const { cpu, resources } = spec.domain;
  const cores = Math.max(1, cpu?.cores ?? 1);
  const threads = Math.max(1, cpu?.threads ?? 1);
  const topology = cpu?.cores || cpu?.sockets || cpu?.threads;
  const asked = wholeUnits(resources?.limits?.cpu ?? resources?.requests?.cpu);
  const sockets = Math.max(1, cpu?.sockets || (topology ? 1 : asked));
  const fixed = cpu?.dedicatedCpuPlacement || spec.domain.devices.disableHotplug;
  const grown = Math.min(
    sockets * GROWTH_FACTOR,
    Math.max(sockets, Math.floor(MOST_DEFAULT_PROCESSORS / (cores * threads))),
  );
  const maxSockets = Math.max(sockets, cpu?.maxSockets || (fixed ? sockets : grown));
  return { sockets, maxSockets, cores, threads };
}

/** The processors: all that the machine can grow to are declared as sockets, those at boot are there. */
export function processorArguments(spec: VirtualMachineInstanceSpec, site: LaunchSite): string[] {
  const { sockets, maxSockets, cores, threads } = processorPlan(spec);
  const size = cores * threads;
  return [
    '-cpu',
    processorModel(spec, site),
    '-smp',
    options(String(sockets * size), { maxcpus: maxSockets * size, sockets: maxSockets, cores, threads }),
  ];
}

function processorModel(spec: VirtualMachineInstanceSpec, site: LaunchSite): string {
  const { cpu, features } = spec.domain;
  const kvm = site.acceleration === 'kvm';
  const asked = cpu?.model ?? '';
  const own = asked === '' || asked === 'host-model' || asked === 'host-passthrough' || asked === 'host';
  const model = own ? (kvm ? 'host' : 'max') : asked;
  const flags: Record<string, OptionValue> = {};
  for (const { name, policy } of cpu?.features ?? []) {
    flags[name] = policy !== 'disable' && policy !== 'forbid';
  }
  if (kvm && features?.kvm?.hidden) flags.kvm = false;
  return options(model, { ...flags, ...(features?.hyperv && kvm ? hypervFlags(features.hyperv) : {}) });
}

type Hyperv = NonNullable<NonNullable<VirtualMachineInstanceSpec['domain']['features']>['hyperv']>;

/** QEMU's names of what Windows expects of Hyper-V. */
const HYPERV_FLAGS = {
  relaxed: 'hv-relaxed',
  vapic: 'hv-vapic',
  vpindex: 'hv-vpindex',
  runtime: 'hv-runtime',
  synic: 'hv-synic',
  synictimer: 'hv-stimer',
  reset: 'hv-reset',
  frequencies: 'hv-frequencies',
  reenlightenment: 'hv-reenlightenment',
  tlbflush: 'hv-tlbflush',
  ipi: 'hv-ipi',
  evmcs: 'hv-evmcs',
} as const;

function hypervFlags(hyperv: Hyperv): Record<string, OptionValue> {
  const flags: Record<string, OptionValue> = {};
  for (const [name, flag] of Object.entries(HYPERV_FLAGS)) {
    const feature = hyperv[name as keyof typeof HYPERV_FLAGS];
    if (feature) flags[flag] = feature.enabled !== false;
  }
  if (hyperv.spinlocks && hyperv.spinlocks.enabled !== false)
    flags['hv-spinlocks'] = hyperv.spinlocks.spinlocks ?? 4096;
  if (hyperv.vendorid && hyperv.vendorid.enabled !== false) flags['hv-vendor-id'] = hyperv.vendorid.vendorid;
  return flags;
}
