import type { KnownMachine, Ledger } from './ledger.ts';

/** What became of the machines of hosts that were lost. Times in milliseconds after the loss. */
export interface Loss {
  readonly atMs: number;
  readonly what: string;
  readonly hosts: number;
  readonly machines: number;
  /** Until half of them, and until the last of them that came back, ran again; undefined where none did. */
  readonly medianMs: number | undefined;
  readonly longestMs: number | undefined;
  /** Machines that did not come back while the rehearsal lasted. */
  readonly missing: number;
}

interface Open {
  readonly atMs: number;
  readonly what: string;
  readonly hosts: number;
  readonly machines: number;
  /** Names of machines that are waited for; of those that are replaceable, how many of each group. */
  readonly names: Set<string>;
  readonly groups: Map<string, number>;
  readonly backAfterMs: number[];
}

/** Follows machines of lost hosts until they, or others in their stead, run again. */
export class Losses {
  readonly #ledger: Ledger;
  readonly #open: Open[] = [];
  readonly #nowMs: () => number;

  constructor(ledger: Ledger, nowMs: () => number) {
    this.#ledger = ledger;
    this.#nowMs = nowMs;
    ledger.onRunning((machine) => {
      for (const loss of this.#open) if (isBack(loss, machine)) loss.backAfterMs.push(nowMs() - loss.atMs);
    });
  }

  /** These hosts are lost now. */
  begin(what: string, hosts: readonly string[]): void {
    const lost = new Set(hosts);
    const names = new Set<string>();
    const groups = new Map<string, number>();
    let machines = 0;
    for (const { name, group, replaceable, host, runs } of this.#ledger.machines.values()) {
      if (!runs || host === undefined || !lost.has(host)) continue;
      machines++;
      if (replaceable) groups.set(group, (groups.get(group) ?? 0) + 1);
      else names.add(name);
    }
    this.#open.push({ atMs: this.#nowMs(), what, hosts: lost.size, machines, names, groups, backAfterMs: [] });
  }

  results(): readonly Loss[] {
    return this.#open.map(({ atMs, what, hosts, machines, backAfterMs }) => {
      const sorted = backAfterMs.toSorted((a, b) => a - b);
      const [medianMs, longestMs] = [sorted[Math.ceil(machines / 2) - 1], sorted.at(-1)];
      return { atMs, what, hosts, machines, medianMs, longestMs, missing: machines - sorted.length };
    });
  }
}

function isBack({ names, groups }: Open, { name, group, replaceable }: KnownMachine): boolean {
  if (!replaceable) return names.delete(name);
  const left = groups.get(group) ?? 0;
  if (left > 0) groups.set(group, left - 1);
  return left > 0;
}
