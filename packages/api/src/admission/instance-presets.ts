import {
  applyPreset,
  type Draft,
  selects,
  type VirtualMachineInstance,
  type VirtualMachineInstancePreset,
} from '@godwit/kinds';
import type { Engine } from '../operations/engine.ts';
import type { Admitter } from './admitter.ts';
import type { LiveHub } from './index.ts';

/** Annotation of an instance that wants nothing from presets. KubeVirt's name. */
const EXCLUDED = 'virtualmachineinstancepresets.admission.kubevirt.io/exclude';

/** New instances get what the presets of their namespace hold for their labels; which did, their annotations say. */
export async function instancePresets(_engine: Engine, live: LiveHub): Promise<Admitter | undefined> {
  const hub = await live('kubevirt.io', 'v1', 'virtualmachineinstancepresets');
  if (!hub) return undefined;
  return {
    name: 'instance-presets',
    // Before defaults: what a default says, the user has not said.
    prepare({ kind, object, address }) {
      if (kind.group !== 'kubevirt.io' || kind.plural !== 'virtualmachineinstances') return;
      const { metadata, spec } = object as unknown as Draft<VirtualMachineInstance>;
      if (hub.cache.size === 0 || metadata.annotations?.[EXCLUDED] === 'true') return;
      for (const document of hub.cache.values()) {
        const preset = document.object as unknown as VirtualMachineInstancePreset;
        if (preset.metadata.namespace !== address.namespace) continue;
        if (!selects(preset.spec.selector, metadata.labels) || !applyPreset(spec.domain, preset.spec.domain)) continue;
        const key = `virtualmachinepreset.kubevirt.io/${preset.metadata.name}`;
        metadata.annotations = { ...metadata.annotations, [key]: 'kubevirt.io/v1' };
      }
    },
  };
}
