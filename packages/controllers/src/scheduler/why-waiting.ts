/** Why a machine waits, as a value: a code with its names and figures, for which each language has words. */
import { counted } from '@godwit/base';
import { inWords, refusalInEnglish, type WhyRefused, type WordsOf } from '@godwit/planner';
import { gangSizeAnnotation } from './gangs.ts';

export type WhyWaiting =
  /** No host would do. */
  | { readonly is: 'refused'; readonly why: WhyRefused; readonly room?: RoomNews }
  /** Members of a group do not say rightly how many there are. */
  | { readonly is: 'group-without-size'; readonly group: string }
  | { readonly is: 'group-incomplete'; readonly group: string; readonly missing: number; readonly size: number }
  /** There are hosts for some of a group; `next` is why there is none for the next of them. */
  | {
      readonly is: 'group-refused';
      readonly group: string;
      readonly needed: number;
      readonly possible: number;
      readonly next?: WhyRefused;
    }
  | { readonly is: 'volumes'; readonly hosts: number; readonly why: ClaimWait };

/** What less important machines have to do with it. */
export interface RoomNews {
  readonly is: 'being-made' | 'kept-by-budgets';
  readonly host: string;
  /** `namespace/name`. */
  readonly machines: readonly string[];
}

/** What the volume of a claim still lacks. */
export type ClaimWait =
  | { readonly is: 'not-found' | 'being-deleted' | 'lost' | 'being-filled' | 'being-bound'; readonly claim: string }
  | { readonly is: 'none-free' | 'unbound' | 'no-class'; readonly claim: string }
  | { readonly is: 'waits-for-volume'; readonly claim: string; readonly volume: string }
  | { readonly is: 'unknown-class'; readonly claim: string; readonly storageClass: string };

/** For the condition and the event that `kubectl describe` shows. */
export function waitingInEnglish(why: WhyWaiting): string {
  return inWords(why, WAITING);
}

export function claimWaitInEnglish(why: ClaimWait): string {
  return inWords(why, CLAIMS);
}

const WAITING: WordsOf<WhyWaiting> = {
  refused: ({ why, room }) => `${refusalInEnglish(why)}${room ? ` ${ROOM[room.is](room)}` : ''}`,
  'group-without-size': ({ group }) =>
    `the annotation ${gangSizeAnnotation} of each member of group ${group} must be a whole number of 1 or more.`,
  'group-incomplete': ({ group, missing, size }) =>
    `group ${group} waits for ${missing} more of its ${counted(size, 'member')}.`,
  'group-refused': ({ group, needed, possible, next }) =>
    `group ${group} needs hosts for ${needed} ${needed === 1 ? 'machine' : 'machines at once'}, and there are some for ${possible}.` +
    (next ? ` For the next: ${refusalInEnglish(next)}` : ''),
  volumes: ({ hosts, why }) => `0/${hosts} nodes are available: ${claimWaitInEnglish(why)}.`,
};

const ROOM: Readonly<Record<RoomNews['is'], (news: RoomNews) => string>> = {
  'being-made': ({ host, machines }) =>
    `Room is being made on ${host}: less important machines go (${machines.join(', ')}).`,
  'kept-by-budgets': ({ host, machines }) =>
    `Less important machines on ${host} could make room (${machines.join(', ')}), but disruption budgets keep them.`,
};

const unbound = (what: string) => `pod has unbound immediate PersistentVolumeClaims (${what})`;

const CLAIMS: WordsOf<ClaimWait> = {
  'not-found': ({ claim }) => `persistentvolumeclaim "${claim}" not found`,
  'being-deleted': ({ claim }) => `persistentvolumeclaim "${claim}" is being deleted`,
  lost: ({ claim }) => `persistentvolumeclaim "${claim}" has lost its volume`,
  'being-filled': ({ claim }) => `persistentvolumeclaim "${claim}" is being filled`,
  'being-bound': ({ claim }) => `persistentvolumeclaim "${claim}" is being bound`,
  'none-free': ({ claim }) => `didn't find available persistent volumes to bind (none is free for claim "${claim}")`,
  unbound: ({ claim }) => unbound(`"${claim}" waits for its volume`),
  'no-class': ({ claim }) => unbound(`"${claim}" names no storage class, and there is no default`),
  'waits-for-volume': ({ claim, volume }) => unbound(`"${claim}" waits for volume "${volume}"`),
  'unknown-class': ({ claim, storageClass }) =>
    unbound(`"${claim}" asks for storage class "${storageClass}", which there is not`),
};
