import { type Address, apiVersionOf, type KindDefinition, StatusFailure } from '@godwit/kinds';

/** The kinds that are served. Kinds may come and go while it runs; `generation` counts those changes. */
export class KindRegistry {
  readonly #byResource = new Map<string, KindDefinition>();
  readonly #byKind = new Map<string, KindDefinition>();
  #all: readonly KindDefinition[] = [];
  #generation = 0;

  constructor(kinds: readonly KindDefinition[] = []) {
    for (const kind of kinds) this.add(kind);
  }

  /** Every kind, in the order in which they were added. */
  get all(): readonly KindDefinition[] {
    return this.#all;
  }

  get generation(): number {
    return this.#generation;
  }

  add(kind: KindDefinition): void {
    this.#byResource.set(resourceId(kind.group, kind.version, kind.plural), kind);
    this.#byKind.set(`${apiVersionOf(kind)}/${kind.kind}`, kind);
    this.#all = [...this.#all.filter((other) => !sameResource(other, kind)), kind];
    this.#generation++;
  }

  remove(kind: Pick<KindDefinition, 'group' | 'version' | 'plural' | 'kind'>): void {
    this.#byResource.delete(resourceId(kind.group, kind.version, kind.plural));
    this.#byKind.delete(`${apiVersionOf(kind)}/${kind.kind}`);
    this.#all = this.#all.filter((other) => !sameResource(other, kind));
    this.#generation++;
  }

  find(group: string, version: string, plural: string): KindDefinition | undefined {
    return this.#byResource.get(resourceId(group, version, plural));
  }

  /** By `apiVersion` (`apps/v1`) and kind name. */
  named(apiVersion: string, kind: string): KindDefinition | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** Throws `NotFound`, as Kubernetes does for a resource that it does not know. */
  at(address: Address): KindDefinition {
    const kind = this.find(address.group, address.version, address.plural);
    if (!kind) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
    return kind;
  }
}

function resourceId(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

function sameResource(
  a: Pick<KindDefinition, 'group' | 'version' | 'plural'>,
  b: Pick<KindDefinition, 'group' | 'version' | 'plural'>,
): boolean {
  return a.group === b.group && a.version === b.version && a.plural === b.plural;
}
