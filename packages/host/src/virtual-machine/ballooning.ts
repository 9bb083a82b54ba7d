import { readableBytes } from '@godwit/kinds';
import type { GuestView } from '../hypervisor-driver.ts';
import { hasBalloon, wantedMemoryBytes } from './guest-size.ts';
import type { MachineState } from './machine-state.ts';
import type { StepContext } from './step-context.ts';

/** A guest that is to have less memory, and how far it has come with giving some. */
export interface Ballooning {
  /** What it is to have, in bytes. */
  readonly wantedBytes: number;
  /** The least that it has had since. */
  readonly leastBytes: number;
  /** When it last gave some, in milliseconds since the epoch. */
  readonly gaveAtMs: number;
  /** It gave no more in time, and is left with this for a while. */
  readonly leftBytes?: number;
}

/** How long a guest may take to give the next mebibyte. */
const PATIENCE_MS = 30_000;
/** One that gives no more is not pressed on: it would drop its caches, and then its programs, for each page. */
const REST_MS = 600_000;
/** A guest that is pressed gives and takes within this much. */
const STEP_BYTES = 2 ** 20;

/** Memory that the guest has, in bytes. */
export function memoryOf({ memoryBytes, balloonBytes }: Pick<GuestView, 'memoryBytes' | 'balloonBytes'>): number {
  return Math.min(memoryBytes, balloonBytes);
}

/** How far the guest has come as things stand. One that stands still gives nothing, and is not waited for. */
export function followBalloon(state: MachineState, context: StepContext): MachineState {
  const { machine, view, stage, ballooning: before } = state;
  const wantedBytes = machine ? wantedMemoryBytes(machine.spec) : 0;
  const gives = stage === 'running' && view?.run === 'running' && machine && hasBalloon(machine.spec);
  const hasBytes = view ? memoryOf(view) : 0;
  if (!gives || wantedBytes === 0 || hasBytes <= wantedBytes)
    return before ? { ...state, ballooning: undefined } : state;
  const { nowMs } = context;
  const anew: Ballooning = { wantedBytes, leastBytes: hasBytes, gaveAtMs: nowMs };
  if (!before || before.wantedBytes !== wantedBytes) return { ...state, ballooning: anew };
  if (before.leftBytes !== undefined) {
    return nowMs - before.gaveAtMs < REST_MS ? state : { ...state, ballooning: anew };
  }
  if (hasBytes <= before.leastBytes - STEP_BYTES) return { ...state, ballooning: anew };
  if (nowMs - before.gaveAtMs < PATIENCE_MS) return state;
  context.tell('Warning', 'GuestKeepsMemory', keepsMemory(hasBytes, wantedBytes));
  return { ...state, ballooning: { ...before, gaveAtMs: nowMs, leftBytes: hasBytes } };
}

/** When patience, or rest, ends. */
export function balloonWakeAtMs({ ballooning }: MachineState): number | undefined {
  return ballooning && ballooning.gaveAtMs + (ballooning.leftBytes === undefined ? PATIENCE_MS : REST_MS);
}

/** What is told of a guest that gives no more. */
export function keepsMemory(hasBytes: number, wantedBytes: number): string {
  const [has, wanted] = [hasBytes, wantedBytes].map(readableBytes);
  return `The guest keeps ${has} of memory and is to have ${wanted}. It gave no more within ${PATIENCE_MS / 1000} seconds, and is asked again every ${REST_MS / 60_000} minutes.`;
}
