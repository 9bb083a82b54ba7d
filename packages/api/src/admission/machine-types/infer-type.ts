import {
  type DataVolume,
  type DataVolumeSpec,
  type Draft,
  inferredMatcher,
  type KubeObject,
  StatusFailure,
  type TypeRole,
  type VirtualMachine,
} from '@godwit/kinds';
import type { Engine } from '../../operations/engine.ts';
import type { AdmissionRequest } from '../admitter.ts';

/** What a volume says: the labels where they were found, or why there are none. */
type Labels =
  | { readonly type: 'found'; readonly labels: Readonly<Record<string, string>> | undefined }
  /** `final`: the volume is of a kind that carries no labels, which a machine may choose to ignore. */
  | { readonly type: 'none'; readonly why: string; readonly final: boolean };

/**
 * Puts in place of `inferFromVolume` what the labels of that volume name: those of its claim, of its DataVolume, or
 * of the claim that the DataVolume copies. KubeVirt's rules, `pkg/instancetype/infer`.
 */
export async function inferType(
  engine: Engine,
  request: AdmissionRequest,
  machine: Draft<VirtualMachine>,
  role: TypeRole,
): Promise<void> {
  const { inferFromVolume = '', inferFromVolumeFailurePolicy } = machine.spec[role] ?? {};
  const tolerant = inferFromVolumeFailurePolicy === 'Ignore';
  const found = await labelsOfVolume(
    new Volumes(engine, request),
    machine as unknown as VirtualMachine,
    inferFromVolume,
  );
  const matcher = found.type === 'found' ? inferredMatcher(role, found.labels) : undefined;
  if (matcher) {
    machine.spec[role] = matcher;
    // Who tolerates a failure had to say a size of his own for that case.
    if (tolerant && role === 'instancetype') delete machine.spec.template.spec?.domain.memory;
    return;
  }
  if (tolerant && (found.type === 'found' || found.final)) {
    delete machine.spec[role];
    return;
  }
  const why = found.type === 'found' ? `it has no label that names the ${role}` : found.why;
  throw new StatusFailure('BadRequest', `spec.${role}.inferFromVolume: volume "${inferFromVolume}": ${why}`);
}

async function labelsOfVolume(volumes: Volumes, { spec, metadata }: VirtualMachine, name: string): Promise<Labels> {
  const namespace = metadata.namespace ?? '';
  const volume = spec.template.spec?.volumes?.find((one) => one.name === name);
  if (!volume) return none('the template has no such volume');
  if (volume.persistentVolumeClaim) return volumes.ofClaim(namespace, volume.persistentVolumeClaim.claimName);
  if (!volume.dataVolume) return none('only claims and DataVolumes carry labels', true);
  const wanted = volume.dataVolume.name;
  const template = spec.dataVolumeTemplates?.find((one) => one.metadata?.name === wanted);
  if (template) return volumes.ofSource(template.spec);
  return volumes.ofDataVolume(namespace, wanted);
}

const none = (why: string, final = false): Labels => ({ type: 'none', why, final });

class Volumes {
  readonly #engine: Engine;
  readonly #request: AdmissionRequest;

  constructor(engine: Engine, request: AdmissionRequest) {
    this.#engine = engine;
    this.#request = request;
  }

  async ofClaim(namespace: string, name: string): Promise<Labels> {
    // Whoever makes a machine learns from this what the claim is labelled with.
    const asked = { verb: 'get', group: '', resource: 'persistentvolumeclaims', namespace, name };
    const elsewhere = namespace !== this.#request.address.namespace;
    if (elsewhere && !this.#engine.authorizer.decide(this.#request.user, asked).allowed) {
      return none(`you may not read the claim ${namespace}/${name}`);
    }
    const claim = await this.#find('', 'v1', 'persistentvolumeclaims', namespace, name);
    if (!claim) return none(`there is no claim ${namespace}/${name}`);
    return { type: 'found', labels: claim.metadata.labels };
  }

  async ofDataVolume(namespace: string, name: string): Promise<Labels> {
    const found = await this.#find('cdi.kubevirt.io', 'v1beta1', 'datavolumes', namespace, name);
    if (!found) return this.ofClaim(namespace, name);
    const { metadata, spec } = found as unknown as DataVolume;
    const labelled = inferredMatcher('instancetype', metadata.labels) ?? inferredMatcher('preference', metadata.labels);
    return labelled ? { type: 'found', labels: metadata.labels } : this.ofSource(spec);
  }

  async ofSource(spec: DataVolumeSpec): Promise<Labels> {
    const { pvc } = spec.source ?? {};
    return pvc ? this.ofClaim(pvc.namespace, pvc.name) : none('its DataVolume is no copy of a claim', true);
  }

  async #find(
    group: string,
    version: string,
    plural: string,
    namespace: string,
    name: string,
  ): Promise<KubeObject | undefined> {
    const kind = this.#engine.kinds.find(group, version, plural);
    return kind && (await this.#engine.stored(kind, namespace, name))?.object;
  }
}
