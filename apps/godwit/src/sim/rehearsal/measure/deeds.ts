import type { ApiClient } from '@godwit/client';
import { type KubeObject, node, pod, type Stored, virtualMachineInstance } from '@godwit/kinds';
import {
  type ActionRecord,
  decisionAnnotation,
  explainRecord,
  isAction,
  parseRecords,
  type WhyDone,
} from '@godwit/planner';

/** Something that was done to a machine or a host, and why. */
export interface Deed {
  /** Since the beginning, in milliseconds. */
  readonly atMs: number;
  /** `vmi/default/desk-1`, `pod/default/shop-…`, `node/host-1`. */
  readonly subject: string;
  /** What `godwit why` tells of it. */
  readonly explanation: string;
  readonly record: ActionRecord;
}

/** How often something was done for a reason; none where none was given. */
export interface DeedReason {
  readonly kind: DeedKind;
  readonly why?: WhyDone;
  readonly count: number;
}

export interface DeedsDone {
  readonly counts: Readonly<Record<DeedKind, number>>;
  /** The most frequent first. */
  readonly reasons: readonly DeedReason[];
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
  readonly #reasons = new Map<string, DeedReason & { count: number }>();
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
    const [record] = parseRecords(text);
    const kind = record && isAction(record) && kindOf(record, after);
    if (!kind) return;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#count(kind, record.why);
    this.#latest.push({ atMs: this.#nowMs(), subject: subjectOf(after), explanation: explainRecord(record), record });
    if (this.#latest.length > REMEMBERED) this.#latest.shift();
  }

  #count(kind: DeedKind, why: WhyDone | undefined): void {
    const key = `${kind} ${JSON.stringify(why)}`;
    const known = this.#reasons.get(key);
    if (known) known.count++;
    else this.#reasons.set(key, { kind, ...(why && { why }), count: 1 });
  }
}

function kindOf(record: ActionRecord, { kind }: KubeObject): DeedKind | undefined {
  switch (record.do) {
    case 'move':
      return kind === 'Pod' ? 'pods moved' : 'machines moved';
    case 'power':
      return record.to === 'on' ? 'hosts woken' : 'hosts put to sleep';
    case 'resize':
      return 'sizes changed';
    default:
      return undefined;
  }
}

const SHORT: Readonly<Record<string, string>> = { VirtualMachineInstance: 'vmi', Pod: 'pod', Node: 'node' };

function subjectOf({ kind, metadata: { namespace, name = '' } }: KubeObject): string {
  return [SHORT[kind] ?? kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join('/');
}
