import type { New } from '@godwit/client';
import { type Stored, type VirtualMachine, type VirtualMachinePool } from '@godwit/kinds';
import { type Claim, claim } from '../framework/index.ts';
import { indexOfMember, machineOfPool, nameOfMember, REVISION_LABEL, revisionOf } from './machine-of-pool.ts';
import { inTurn } from './selection.ts';

/** Most machines that one round makes or takes away. */
const BURST = 250;
const DEFAULT_FAILED_STARTS = 3;

type Machine = Stored<VirtualMachine>;

export interface Observed {
  readonly pool: Stored<VirtualMachinePool>;
  /** Machines whose controller the pool is. */
  readonly owned: readonly Machine[];
  /** Machines of the namespace that have no controller. */
  readonly orphans: readonly Machine[];
  /** Names that other machines of the namespace have. */
  readonly isTaken: (name: string) => boolean;
  /** From 0 to 1. */
  readonly chance: number;
}

export interface Decision extends Pick<Claim<VirtualMachine>, 'adopt' | 'release'> {
  readonly create: readonly New<VirtualMachine>[];
  readonly remove: readonly Machine[];
  /** Machines that get the template as it is now. */
  readonly update: readonly Machine[];
  /** Machines whose instance must end so that they become what they should be. */
  readonly restart: readonly Machine[];
  readonly replicas: number;
  readonly readyReplicas: number;
}

/** What has to happen so that the pool has the machines that it asks for. Pure. */
export function decide(observed: Observed): Decision {
  const { pool, owned, orphans } = observed;
  const { claimed, adopt, release } = claim(pool, owned, orphans);
  const active = claimed.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const counts = { replicas: active.length, readyReplicas: active.filter(isReady).length };
  if (pool.spec.paused === true || pool.metadata.deletionTimestamp !== undefined) {
    return { adopt: [], release: [], create: [], remove: [], update: [], restart: [], ...counts };
  }
  const missing = (pool.spec.replicas ?? 1) - active.length;
  const surplus = missing < 0 ? scaledIn(observed, active).slice(0, Math.min(BURST, -missing)) : [];
  const hopeless = surplus.length > 0 ? [] : active.filter((machine) => isHopeless(pool, machine));
  const remove = [...surplus, ...hopeless];
  const staying = active.filter((machine) => !remove.includes(machine));
  return {
    adopt,
    release,
    create: missing > 0 ? freeIndexes(observed, Math.min(BURST, missing)).map((i) => machineOfPool(pool, i)) : [],
    remove,
    update: pool.spec.updateStrategy?.unmanaged ? [] : staying.filter((machine) => isOutdated(pool, machine)),
    restart: restarts(observed, staying),
    ...counts,
  };
}

function isReady({ status }: Machine): boolean {
  return status?.ready === true;
}

function isOutdated(pool: Stored<VirtualMachinePool>, { metadata }: Machine): boolean {
  return metadata.labels?.[REVISION_LABEL] !== revisionOf(pool);
}

/** Machines that may be taken away, in turn. */
function scaledIn({ pool, chance }: Observed, active: readonly Machine[]): readonly Machine[] {
  const { unmanaged, opportunistic, proactive } = pool.spec.scaleInStrategy ?? {};
  if (unmanaged) return [];
  if (opportunistic && opportunistic.enable !== false) {
    return inTurn(
      pool,
      active.filter(({ status }) => status?.created !== true),
      undefined,
      chance,
    );
  }
  return inTurn(pool, active, proactive?.selectionPolicy, chance);
}

/** It failed to start so often that another one is to be made in its place. */
function isHopeless({ spec: { autohealing } }: Stored<VirtualMachinePool>, { status }: Machine): boolean {
  if (!autohealing) return false;
  const failed = status?.startFailure?.consecutiveFailCount ?? 0;
  return failed >= (autohealing.startUpFailureThreshold ?? DEFAULT_FAILED_STARTS);
}

/** The lowest numbers whose names nobody has. */
function freeIndexes({ pool, owned, isTaken }: Observed, count: number): number[] {
  const used = new Set(owned.map((machine) => indexOfMember(pool, machine)));
  const found: number[] = [];
  for (let index = 0; found.length < count; index++) {
    if (!used.has(index) && !isTaken(nameOfMember(pool, index))) found.push(index);
  }
  return found;
}

/** Machines that need a restart, as many as may be down beside those that are. */
function restarts({ pool, chance }: Observed, staying: readonly Machine[]): readonly Machine[] {
  const { opportunistic, unmanaged, proactive } = pool.spec.updateStrategy ?? {};
  if (opportunistic || unmanaged) return [];
  const waiting = staying.filter((machine) => !isOutdated(pool, machine) && needsRestart(machine));
  const down = staying.filter((machine) => !isReady(machine) && !waiting.includes(machine)).length;
  const allowed = mostUnavailable(pool.spec.maxUnavailable ?? '100%', pool.spec.replicas ?? 1) - down;
  return inTurn(pool, waiting, proactive?.selectionPolicy, chance).slice(0, Math.max(0, allowed));
}

function needsRestart({ status }: Machine): boolean {
  return status?.conditions?.some(({ type, status: holds }) => type === 'RestartRequired' && holds === 'True') ?? false;
}

/** At least one: else no update would ever come to its end. */
function mostUnavailable(value: number | string, replicas: number): number {
  const count = typeof value === 'number' ? value : Math.floor((Number.parseInt(value, 10) / 100) * replicas);
  return Math.max(1, count);
}
