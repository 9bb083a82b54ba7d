import type { ApiClient } from '@godwit/client';
import { type Decision, type KubeObject, node, pod, type Stored, virtualMachineInstance } from '@godwit/kinds';
import { decisionAnnotation, decisionsOf, isAction, parseRecords } from '@godwit/planner';

/** Something that was done to a machine or a host, and why: what `godwit why` tells of it. */
export interface Deed {
  /** Since the beginning, in milliseconds. */
  readonly atMs: number;
  /** Such as `Move`. */
  readonly action: string;
  /** `vmi/default/desk-1`, `pod/default/shop-…`, `node/host-1`. */
  readonly subject: string;
  readonly explanation: string;
  /** The reason alone, as it follows `because`; empty where none was given. */
  readonly why: string;
  readonly decision: Decision;
}

export interface DeedsDone {
  readonly counts: Readonly<Record<DeedKind, number>>;
  /** How often each was done for which reason, the most frequent first. */
  readonly reasons: readonly { readonly kind: DeedKind; readonly why: string; readonly count: number }[];
  /** The newest of them. */
  readonly latest: readonly Deed[];
}

export type DeedKind = 'machines moved' | 'pods moved' | 'hosts woken' | 'hosts put to sleep' | 'sizes changed';

/** Most deeds that are remembered with their reasons. */
const REMEMBERED = 500;

/** Hears of every decision that is not about where a machine is put first: from the records on machines and hosts. */
export class Deeds {
  readonly #nowMs: () => number;
  readonly #counts = new Map<DeedKind, number>();
  readonly #reasons = new Map<string, { readonly kind: DeedKind; readonly why: string; count: number }>();
  readonly #latest: Deed[] = [];

  constructor(client: ApiClient, nowMs: () => number) {
    this.#nowMs = nowMs;
    for (const cache of [client.cache(pod), client.cache(virtualMachineInstance), client.cache(node)]) {
      cache.subscribe(({ before, after }) => this.#see(before, after));
    }
  }

  results(): DeedsDone {
    const count = (kind: DeedKind) => this.#counts.get(kind) ?? 0;
    return {
      counts: {
        'machines moved': count('machines moved'),
        'pods moved': count('pods moved'),
        'hosts woken': count('hosts woken'),
        'hosts put to sleep': count('hosts put to sleep'),
        'sizes changed': count('sizes changed'),
      },
      reasons: [...this.#reasons.values()].toSorted((a, b) => b.count - a.count),
      latest: this.#latest,
    };
  }

  #see(before: Stored<KubeObject> | undefined, after: Stored<KubeObject> | undefined): void {
    const text = after?.metadata.annotations?.[decisionAnnotation];
    if (!after || text === undefined || text === before?.metadata.annotations?.[decisionAnnotation]) return;
    const decision = decisionsOf(after)[0]?.expand();
    const kind = decision && kindOf(decision);
    if (!decision || !kind) return;
    const [record] = parseRecords(text);
    const why = record && isAction(record) ? (record.why ?? '') : '';
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#count(kind, why);
    this.#latest.push({
      atMs: this.#nowMs(),
      action: decision.action,
      subject: subjectOf(decision),
      explanation: decision.explanation,
      why,
      decision,
    });
    if (this.#latest.length > REMEMBERED) this.#latest.shift();
  }

  #count(kind: DeedKind, why: string): void {
    const key = `${kind} ${why}`;
    const known = this.#reasons.get(key);
    if (known) known.count++;
    else this.#reasons.set(key, { kind, why, count: 1 });
  }
}

function kindOf({ action, subject, chosen }: Decision): DeedKind | undefined {
  if (action === 'Move') return subject.kind === 'Pod' ? 'pods moved' : 'machines moved';
  if (action === 'Power') return chosen.name === 'on' ? 'hosts woken' : 'hosts put to sleep';
  return action === 'Resize' ? 'sizes changed' : undefined;
}

const SHORT: Readonly<Record<string, string>> = { VirtualMachineInstance: 'vmi', Pod: 'pod', Node: 'node' };

function subjectOf({ subject }: Decision): string {
  const { kind, namespace, name } = subject;
  return [SHORT[kind] ?? kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join('/');
}
