import { apiVersionOf } from '../machinery/index.ts';
import { at, dnsSubdomainFault, type Faults } from '../validation/index.ts';

interface Targeted {
  readonly group: string;
  /** Version that people write. */
  readonly version: string;
  /** Its number of machines can change. */
  readonly out?: true;
  /** Its machines can become larger, by whole processors or by parts of them. */
  readonly up?: 'whole' | 'parts';
}

/** What an ElasticPolicy can scale, by kind. */
export const elasticTargets = {
  Deployment: { group: 'apps', version: 'v1', out: true, up: 'parts' },
  ReplicaSet: { group: 'apps', version: 'v1', out: true, up: 'parts' },
  VirtualMachinePool: { group: 'pool.kubevirt.io', version: 'v1beta1', out: true, up: 'whole' },
  VirtualMachineInstanceReplicaSet: { group: 'kubevirt.io', version: 'v1', out: true },
  VirtualMachine: { group: 'kubevirt.io', version: 'v1', up: 'whole' },
  Pod: { group: '', version: 'v1', up: 'parts' },
} as const satisfies Record<string, Targeted>;

interface Reference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** What is referred to; undefined where it is nothing that can be scaled, which is noted. */
export function validateElasticTarget(reference: Reference, path: string, faults: Faults): Targeted | undefined {
  const { apiVersion = '', kind, name } = reference;
  if (name === '') faults.required(at(path, 'name'));
  else faults.check(at(path, 'name'), name, dnsSubdomainFault);
  const found: Targeted | undefined = Object.hasOwn(elasticTargets, kind)
    ? elasticTargets[kind as keyof typeof elasticTargets]
    : undefined;
  if (kind === '') faults.required(at(path, 'kind'));
  else if (!found) faults.notSupported(at(path, 'kind'), kind, Object.keys(elasticTargets));
  if (!found) return undefined;
  const { group, version } = found;
  const [, givenGroup = '', given = version] = /^(?:([^/]*)\/)?([^/]+)$/.exec(apiVersion) ?? [];
  if (givenGroup === group && /^v\d/.test(given)) return found;
  faults.invalid(at(path, 'apiVersion'), apiVersion, `must be ${apiVersionOf(found)} for a ${kind}`);
  return undefined;
}
