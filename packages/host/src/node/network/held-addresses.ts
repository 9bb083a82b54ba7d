import { run, script } from './command.ts';
import type { DataPlaneNames } from './data-plane-names.ts';

/**
 * Cluster addresses at which the load balancer listens. Their packets end in the data plane's namespace unless the rules
 * translate them. What was held once stays so while a service has that address: connections that it took go on.
 */
export class HeldAddresses {
  readonly #namespace: string;
  /** Undefined until it has been read what an earlier process left. */
  #local: Set<string> | undefined;

  constructor({ namespace }: Pick<DataPlaneNames, 'namespace'>) {
    this.#namespace = namespace;
  }

  /** Forgets what is there: the next `keep` reads it. */
  reset(): void {
    this.#local = undefined;
  }

  /** @param served addresses of all services, `held` among them */
  async keep(held: readonly string[], served: ReadonlySet<string>): Promise<void> {
    const local = (this.#local ??= await this.#read());
    const added = held.filter((address) => !local.has(address));
    const gone = [...local].filter((address) => !served.has(address));
    if (added.length + gone.length === 0) return;
    const lines = [
      ...added.map((address) => `route replace local ${address} dev lo proto static`),
      ...gone.map((address) => `route del local ${address} dev lo proto static`),
    ];
    this.reset();
    await script(`ip -n ${this.#namespace} -batch - <<END\n${lines.join('\n')}\nEND\n`);
    this.#local = new Set([...local, ...added].filter((address) => !gone.includes(address)));
  }

  /** All that are local otherwise are so by other protocols than `static`. */
  async #read(): Promise<Set<string>> {
    const text = await run(['ip', '-n', this.#namespace, 'route', 'show', 'table', 'local', 'proto', 'static']);
    return new Set([...text.matchAll(/^local (\S+)/gm)].map(([, address = '']) => address));
  }
}
