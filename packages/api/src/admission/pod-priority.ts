import {
  type Draft,
  type Pod,
  type PriorityClass,
  systemPriorityClasses,
  type VirtualMachineInstance,
} from '@godwit/kinds';
import type { KindHub } from '../documents/kind-hub.ts';
import type { Engine } from '../operations/engine.ts';
import { forbidden } from '../validation/index.ts';
import type { AdmissionRequest, Admitter } from './admitter.ts';
import type { LiveHub } from './index.ts';

/** A pod's priority is that of its class, and nobody's own choice; and no two classes are for all who name none. */
export async function podPriority(engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('scheduling.k8s.io', 'v1', 'priorityclasses');
  if (!hub) return undefined;
  async function admitPod({ kind, object }: AdmissionRequest): Promise<void> {
    const { spec, metadata } = object as unknown as Draft<Pod>;
    const classes = hub as KindHub;
    const name = metadata.name ?? '';
    const { priorityClassName } = spec;
    if (priorityClassName && !classNamed(classes, priorityClassName)) await engine.current();
    const chosen = priorityClassName ? classNamed(classes, priorityClassName) : defaultClass(classes);
    if (priorityClassName && !chosen) {
      throw forbidden(kind, name, `no PriorityClass with name ${priorityClassName} was found`);
    }
    const value = chosen?.value ?? 0;
    if (spec.priority && spec.priority !== value) {
      const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; its class makes it ${value}`;
      throw forbidden(kind, name, why);
    }
    spec.priority = value;
    if (chosen?.name) spec.priorityClassName = chosen.name;
    const policy = chosen?.preemptionPolicy ?? 'PreemptLowerPriority';
    // The other value is what pods have that say nothing.
    if (spec.preemptionPolicy === 'Never' && policy !== 'Never') {
      const why = `the string value of PreemptionPolicy (Never) must not be provided in pod spec; its class makes it ${policy}`;
      throw forbidden(kind, name, why);
    }
    spec.preemptionPolicy = policy;
  }

  /** Instances look their class up when they are placed; that there is one is seen to here. */
  async function admitInstance({ kind, object }: AdmissionRequest): Promise<void> {
    const { spec, metadata } = object as unknown as Draft<VirtualMachineInstance>;
    const { priorityClassName } = spec;
    if (!priorityClassName || classNamed(hub as KindHub, priorityClassName)) return;
    await engine.current();
    if (classNamed(hub as KindHub, priorityClassName)) return;
    throw forbidden(kind, metadata.name ?? '', `no PriorityClass with name ${priorityClassName} was found`);
  }

  async function admitClass({ kind, object, hold }: AdmissionRequest): Promise<void> {
    const { metadata, globalDefault } = object as unknown as Draft<PriorityClass>;
    if (!globalDefault) return;
    await hold('/priority-classes/default');
    await engine.current();
    const { name = '' } = defaultClass(hub as KindHub) ?? {};
    if (name === '' || name === metadata.name) return;
    const why = `PriorityClass ${name} is already marked as default. Only one default can exist`;
    throw forbidden(kind, metadata.name ?? '', why);
  }

  return {
    name: 'pod-priority',
    admit(request) {
      const { operation, kind } = request;
      if (kind.plural === 'pods' && kind.group === '' && operation === 'create') return admitPod(request);
      if (kind.plural === 'virtualmachineinstances' && operation === 'create') return admitInstance(request);
      if (kind.plural === 'priorityclasses' && operation !== 'delete') return admitClass(request);
      return undefined;
    },
  };
}

interface FoundClass {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy?: PriorityClass['preemptionPolicy'];
}

function found({ metadata, value, preemptionPolicy }: PriorityClass): FoundClass {
  return { name: metadata.name ?? '', value, ...(preemptionPolicy && { preemptionPolicy }) };
}

function classNamed(hub: KindHub, name: string): FoundClass | undefined {
  const stored = hub.cache.get(`${hub.prefix}/${name}`);
  if (stored) return found(stored.object as unknown as PriorityClass);
  const value = systemPriorityClasses[name];
  return value === undefined ? undefined : { name, value };
}

/** The class for pods that name none; of several the least important. */
function defaultClass(hub: KindHub): FoundClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const document of hub.cache.values()) {
    const each = document.object as unknown as PriorityClass;
    if (each.globalDefault && (!lowest || each.value < lowest.value)) lowest = each;
  }
  return lowest && found(lowest);
}
