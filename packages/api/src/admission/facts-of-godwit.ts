import { addressesAnnotation, type Draft, fillAnnotation, type KubeObject, volumeStateAnnotation } from '@godwit/kinds';
import { mastersGroup, nodeOfUser } from '../authorization/user.ts';
import type { Engine } from '../operations/engine.ts';
import type { AdmissionRequest, Admitter } from './admitter.ts';

/** By `group/plural`: annotations in which Godwit's parts tell each other what is so. */
const facts: Readonly<Record<string, readonly string[]>> = {
  '/pods': [addressesAnnotation],
  'kubevirt.io/virtualmachineinstances': [addressesAnnotation],
  '/persistentvolumeclaims': [fillAnnotation],
  '/persistentvolumes': [fillAnnotation, volumeStateAnnotation],
};

/**
 * Which addresses a machine has, and what a volume is filled with, is not for users to say, or they would take what is
 * others': of a new object it is left out, and of one that is there it stays. So manifests that were read from a cloud can be
 * written again. What the API itself writes at a binding does not come by here.
 */
export async function factsOfGodwit(_engine: Engine): Promise<Admitter> {
  return {
    name: 'facts-of-godwit',
    admit(request) {
      const { kind, user, operation } = request;
      const names = facts[`${kind.group}/${kind.plural}`];
      if (!names || operation === 'delete') return;
      if (user.groups.includes(mastersGroup) || nodeOfUser(user) !== undefined) return;
      for (const name of names) keep(name, request);
    },
  };
}

function keep(name: string, { object, old, warn }: AdmissionRequest): void {
  const [is, was] = [object, old].map((each) => each?.metadata.annotations?.[name]);
  if (is === was) return;
  warn(`annotation ${name} is Godwit's own to write: what you say of it is left out`);
  const metadata: Draft<KubeObject>['metadata'] = object.metadata;
  const { [name]: _, ...others } = metadata.annotations ?? {};
  metadata.annotations = was === undefined ? others : { ...others, [name]: was };
}
