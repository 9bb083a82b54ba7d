import { type ApiClient, EventRecorder } from '@godwit/client';
import { balancePolicy } from '@godwit/kinds';
import {
  explainDecision,
  explainRefusal,
  GoverningPolicy,
  type Placement,
  type Policy,
  type Preemption,
} from '@godwit/planner';
import { Candidates } from './candidates.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { gangOf } from './gangs.ts';
import { placeBatch } from './place-batch.ts';
import { RoomMaker } from './preemption/index.ts';
import type { Machine } from './schedulable-machine.ts';
import { claimWaitInEnglish, waitingInEnglish } from './why-waiting.ts';

/** What would become of one machine. */
export interface Rehearsed {
  readonly machine: Machine;
  readonly host?: string;
  readonly decision?: Placement['decision'];
  /** Where less important machines would have to go for it. */
  readonly preemption?: Pick<Preemption, 'host'> & { readonly victims: readonly string[] };
  /** All of it in sentences. */
  readonly explanation: string;
}

/**
 * What the scheduler would decide about machines that are not there yet, as things stand: by its own code, all
 * of them together, and nothing is written. Their uids must differ from each other.
 */
export async function rehearsePlacement(
  client: ApiClient,
  machines: readonly Machine[],
  given?: Policy,
): Promise<readonly Rehearsed[]> {
  const watch = new ClusterWatch(client);
  const events = new EventRecorder(client, 'rehearsal');
  await client.ready();
  const policy = given ?? new GoverningPolicy().of(client.cache(balancePolicy).values());
  const room = new RoomMaker({ client, events, watch, policy: () => policy, component: 'rehearsal' });
  const before = [...watch.waitingRequests()];
  // Those that wait now have been refused as things stand: they are in nobody's way, unless groups become whole.
  const gangs = new Set(machines.map((machine) => gangOf(machine)?.key));
  for (const [uid, { machine }] of watch.waiting) {
    const gang = gangOf(machine)?.key;
    if (gang === undefined || !gangs.has(gang)) watch.waiting.delete(uid);
  }
  const results = new Map<string, Rehearsed>();
  for (const machine of machines) {
    watch.waiting.set(machine.metadata.uid, { machine, question: '' });
    results.set(machine.metadata.uid, { machine, explanation: 'It waits for its volumes.' });
  }
  const candidates = new Candidates(client, watch, (machine, why) => {
    results.set(machine.metadata.uid, { machine, explanation: `${claimWaitInEnglish(why)}.` });
  });
  const batch = placeBatch({ watch, candidates, policy, random: client.world.random, epoch: watch.epoch });
  for (const { candidate, placement } of batch.placed) {
    const { machine } = candidate.entry;
    const { host, decision } = placement;
    results.set(machine.metadata.uid, { machine, host, decision, explanation: explainDecision(decision) });
  }
  const waiting = () => [...watch.waitingRequests(), ...before];
  for (const { candidate, why } of batch.refused) {
    const { request, entry, gang } = candidate;
    const preemption = gang ? undefined : room.choose(entry.machine, request);
    const kept = gang || preemption ? undefined : room.keptByBudgets(entry.machine, request);
    const refused = () => explainRefusal(watch.snapshot, request, policy, waiting);
    const refusal = waitingInEnglish(why ?? { is: 'refused', why: refused(), ...(kept && { room: kept }) });
    results.set(request.uid, { machine: entry.machine, ...roomFor(preemption, refusal) });
  }
  return machines.map(({ metadata }) => results.get(metadata.uid) as Rehearsed);
}

function roomFor(found: Preemption | undefined, refusal: string): Omit<Rehearsed, 'machine'> {
  if (!found) return { explanation: refusal };
  const victims = found.victims.map(({ namespace, name }) => `${namespace}/${name}`);
  const explanation = `${refusal} Room would be made on ${found.host}: less important machines would go (${victims.join(', ')}).`;
  return { preemption: { host: found.host, victims }, explanation };
}
