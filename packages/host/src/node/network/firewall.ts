import type { ServiceTable } from '../../network-driver.ts';
import { type ServiceChange, ServiceRules } from '../../services/index.ts';
import { inNamespace, run } from './command.ts';
import { forgetUdp } from './connections.ts';
import type { DataPlaneNames } from './data-plane-names.ts';

/** Puts services into the maps of nftables: each change is one transaction, so no packet sees half of it. */
export class Firewall {
  readonly #names: DataPlaneNames;
  readonly #rules = new ServiceRules();
  #hostIsFresh = true;

  constructor(names: DataPlaneNames) {
    this.#names = names;
  }

  /** Forgets what the maps hold: the next `apply` fills them anew. */
  reset(): void {
    this.#rules.reset();
    this.#hostIsFresh = true;
  }

  /** What differs is written; answers how many service ports that were. */
  async apply(table: ServiceTable, excluded: ReadonlySet<string>): Promise<number> {
    const change = this.#rules.change(table, excluded);
    try {
      if (change.dataPlane !== '') {
        await run([...inNamespace(this.#names.namespace), 'nft', '-f', '-'], { input: change.dataPlane });
      }
      const host = this.#hostText(change);
      if (host !== '') await run(['nft', '-f', '-'], { input: host });
      this.#hostIsFresh = false;
    } catch (error) {
      this.reset();
      throw error;
    }
    await forgetUdp(this.#names.namespace, change.forgottenUdp);
    return change.changedPorts;
  }

  #hostText({ nodePortsAdded, nodePortsRemoved }: ServiceChange): string {
    const set = `ip ${this.#names.table} node-ports`;
    const added = this.#hostIsFresh ? this.#rules.nodePorts() : nodePortsAdded;
    const lines: string[] = [];
    if (this.#hostIsFresh) lines.push(`flush set ${set}`);
    else if (nodePortsRemoved.length > 0) lines.push(`delete element ${set} { ${nodePortsRemoved.join(', ')} }`);
    if (added.length > 0) lines.push(`add element ${set} { ${added.join(', ')} }`);
    return lines.map((line) => `${line}\n`).join('');
  }
}
