import type { DataVolume, Stored, VirtualMachine } from '@godwit/kinds';
import type { Observation } from './observation.ts';

/** Annotation of a machine: `false` leaves its DataVolumes unmade until it is started for the first time. */
const IMMEDIATE_ANNOTATION = 'kubevirt.io/immediate-data-volume-creation';
/** Label of a DataVolume: UID of the machine that it was made for. */
const CREATED_BY_LABEL = 'kubevirt.io/created-by';

/** Phases in which a machine may start: its volume is there, or waits for the machine itself. */
const READY_PHASES: readonly string[] = ['Succeeded', 'WaitForFirstConsumer', 'PendingPopulation'];

/** How the machine's own volumes stand. */
export interface DataVolumePlan {
  readonly create: readonly Omit<DataVolume, 'apiVersion' | 'kind'>[];
  /** All are there, as far as a start needs them. */
  readonly ready: boolean;
}

export function planDataVolumes(observation: Observation, starting: boolean): DataVolumePlan {
  const { machine } = observation;
  const templates = machine.spec.dataVolumeTemplates ?? [];
  const wanted = starting || machine.metadata.annotations?.[IMMEDIATE_ANNOTATION] !== 'false';
  const create: Omit<DataVolume, 'apiVersion' | 'kind'>[] = [];
  let ready = true;
  for (const template of templates) {
    const volume = observation.dataVolume(template.metadata?.name ?? '');
    if (!volume) {
      ready = false;
      if (wanted) create.push(dataVolumeOf(machine, template));
    } else if (!READY_PHASES.includes(volume.status?.phase ?? '')) ready = false;
  }
  return { create, ready };
}

type Template = NonNullable<VirtualMachine['spec']['dataVolumeTemplates']>[number];

function dataVolumeOf(machine: Stored<VirtualMachine>, template: Template): Omit<DataVolume, 'apiVersion' | 'kind'> {
  const { name, uid, namespace = '' } = machine.metadata;
  const { labels, annotations } = template.metadata ?? {};
  const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name, uid, controller: true };
  return {
    metadata: {
      name: template.metadata?.name ?? '',
      namespace,
      labels: { ...labels, [CREATED_BY_LABEL]: uid },
      ...(annotations && { annotations }),
      ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
    },
    spec: template.spec,
  };
}

/** The DataVolumes that the machine's volumes name, as far as they exist. */
function usedDataVolumes({ machine, dataVolume }: Observation): DataVolume[] {
  const names = (machine.spec.template.spec?.volumes ?? []).map((volume) => volume.dataVolume?.name);
  return names.flatMap((name) => {
    const volume = name === undefined ? undefined : dataVolume(name);
    return volume ? [volume] : [];
  });
}

/** Whether one of the volumes has failed, or keeps failing. */
export function hasDataVolumeError(observation: Observation): boolean {
  return usedDataVolumes(observation).some(({ status }) => {
    const running = status?.conditions?.find(({ type }) => type === 'Running');
    const stuck = running?.status === 'False' && ['Error', 'ImagePullFailed'].includes(running.reason ?? '');
    return status?.phase === 'Failed' || stuck;
  });
}

/** Whether one of the volumes is being made. One that waits for the machine to be placed is not. */
export function hasProvisioning(observation: Observation): boolean {
  return usedDataVolumes(observation).some(({ status }) => {
    const phase = status?.phase ?? '';
    if (phase === 'Succeeded' || phase === 'PendingPopulation') return false;
    const bound = status?.conditions?.some(({ type, status: holds }) => type === 'Bound' && holds === 'True');
    return bound === true || phase !== 'WaitForFirstConsumer';
  });
}

/** Whether one of the machine's claims has no volume yet. */
export function hasUnboundClaim({ machine, claim }: Observation): boolean {
  return (machine.spec.template.spec?.volumes ?? []).some((volume) => {
    const name = volume.persistentVolumeClaim?.claimName ?? volume.dataVolume?.name;
    const found = name === undefined ? undefined : claim(name);
    return found !== undefined && found.status?.phase !== 'Bound';
  });
}
