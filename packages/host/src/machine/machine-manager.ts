import type { KubeObject, MachineName, MachineOrder, MachineStream, Stored, StreamRequest } from '@godwit/kinds';
import type { MachineReading } from '../metrics/index.ts';

/**
 * All machines of one kind (pods, or VMs) on one host. The agent tells it what should be; it makes it so,
 * one loop a machine, and writes each machine's status through the client it was given.
 *
 * Machines outlive it: `adopt` finds what an earlier process left running, from the records in
 * `<state>/machines/<uid>`, before the first `ensure`.
 */
export interface MachineManager<T extends KubeObject = KubeObject> {
  adopt(): Promise<void>;
  /** The object as it stands now, with its deletion mark if it has one. Called again after each change. */
  ensure(object: Stored<T>): void;
  /** The API no longer has this object: stop it and clean up. */
  absent(uid: string): void;
  /** UIDs of all machines that exist here in any form, to find those that the API no longer knows. */
  known(): readonly string[];
  stream(machine: MachineName, request: StreamRequest, signal: AbortSignal): Promise<MachineStream>;
  order(machine: MachineName, order: MachineOrder): Promise<unknown>;
  /** What the machines that run have used so far: asked every second. */
  readings(): Promise<readonly MachineReading[]>;
  /** Stops watching; machines keep running. */
  release(): Promise<void>;
  /** Stops all machines in order, leaving disks and objects (`godwit down`). */
  stopAll(timeoutMs: number): Promise<void>;
}
