import { Failure } from '@godwit/base';
import { anyKind, type KindDefinition, virtualMachine, virtualMachineInstance } from '@godwit/kinds';

/** What a person means by `deployment/web`. */
export interface KindArgument {
  /** The kind that was said; where none was, all that may be meant. */
  readonly kinds: readonly KindDefinition[];
  readonly name: string;
}

/**
 * Reads `deployment/web`, `deploy/web` or `Deployment/web`: something of one of the kinds `known`, as kubectl names it.
 * A bare name means one of the kinds `bare`. Throws `bad-argument`.
 */
export function parseKindArgument(
  text: string,
  known: readonly KindDefinition[],
  bare: readonly KindDefinition[] = known,
): KindArgument {
  const [first = '', second, ...rest] = text.split('/');
  const wanted = first.toLowerCase();
  const said = known.filter(({ plural, singular, shortNames }) => [plural, singular, ...shortNames].includes(wanted));
  const kinds = second === undefined ? bare : said;
  const name = second ?? first;
  if (kinds.length > 0 && name !== '' && rest.length === 0) return { kinds, name };
  const expected = known.map((kind) => `${calledBriefly(kind)}/NAME`).join(', ');
  throw new Failure('bad-argument', `${text}: expected ${known.length > 1 ? 'one of ' : ''}${expected}`);
}

/** Most people know KubeVirt's kinds by their short names, and those of Kubernetes by their own. */
function calledBriefly({ group, singular, shortNames }: KindDefinition): string {
  return group.endsWith('kubevirt.io') ? (shortNames[0] ?? singular) : singular;
}

export const machineKind = anyKind(virtualMachine);
export const instanceKind = anyKind(virtualMachineInstance);

/** The name in `vm/web`, or in a bare name, which means a virtual machine too. Throws `bad-argument`. */
export function machineName(text: string, ...others: readonly KindDefinition[]): string {
  return parseKindArgument(text, [machineKind, ...others], [machineKind]).name;
}
