import { counted, describeError } from '@godwit/base';
import { type ApiClient, EventRecorder, sameJson } from '@godwit/client';
import {
  controllerRevision,
  dataVolume,
  isAlreadyExists,
  isConflict,
  isNotFound,
  isReason,
  machineFinalizer,
  persistentVolumeClaim,
  type Stored,
  type VirtualMachine,
  virtualMachine,
  virtualMachineInstance,
} from '@godwit/kinds';
import { nameOf, namespacedName, ownersOf, wake } from '../framework/index.ts';
import { after, done, type Outcome, type Reconciler, type Wake } from '../reconciler.ts';
import { type Decision, decide } from './decide.ts';
import type { Trouble } from './machine-conditions.ts';
import { type MachineWithTypes, machineWithTypes } from './machine-types.ts';
import { TypeCaches, typeKeys } from './type-caches.ts';

/** How long a refused creation is left alone before it is tried again. */
const REFUSED_MS = 60_000;
/** Index of machines by the claims and DataVolumes that they use. */
const BY_VOLUME = 'volume';
/** Index of machines by what {@link typeKeys} says of them. */
const BY_TYPE = 'type';

/** Runs VirtualMachines as their run strategies say. */
export class VirtualMachineController implements Reconciler {
  readonly name = 'virtual-machine';
  readonly wakes: readonly Wake[];
  readonly #client: ApiClient;
  readonly #events: EventRecorder;
  readonly #types: TypeCaches;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#events = new EventRecorder(client, 'virtualmachine-controller');
    this.#types = new TypeCaches(client);
    const machines = client.cache(virtualMachine, { [BY_VOLUME]: volumeKeys, [BY_TYPE]: typeKeys });
    const users = (object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }) =>
      [...machines.by(BY_VOLUME, `${object.metadata.namespace}/${object.metadata.name}`)].map(nameOf);
    this.wakes = [
      wake(machines),
      // By name, too: an instance that is not ours stands in the way of ours.
      wake(client.cache(virtualMachineInstance), (instance) => [
        nameOf(instance),
        ...ownersOf(instance, 'VirtualMachine'),
      ]),
      wake(client.cache(dataVolume), users),
      wake(client.cache(persistentVolumeClaim), users),
      ...this.#types.wakes((key) => [...machines.by(BY_TYPE, key)].map(nameOf)),
    ];
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const client = this.#client;
    const key = namespacedName(name);
    const seen = client.cache(virtualMachine).get(key);
    if (!seen) return done;
    const { namespace = '' } = key;
    const typed = machineWithTypes(seen, this.#types.lookup(namespace));
    const { machine, refusal } = await this.#keepTypes(seen, typed, signal);
    const decision = decide({
      machine: { ...typed.machine, metadata: machine.metadata },
      trouble: typed.trouble ?? refusal,
      instance: client.cache(virtualMachineInstance).get(key),
      dataVolume: (volume) => client.cache(dataVolume).get({ namespace, name: volume }),
      claim: (claim) => client.cache(persistentVolumeClaim).get({ namespace, name: claim }),
      nowMs: client.world.clock.now(),
      chance: client.world.random.next(),
    });
    return this.#act(machine, decision, signal);
  }

  async #act(seen: Stored<VirtualMachine>, decision: Decision, signal: AbortSignal): Promise<Outcome> {
    // Together, so that they are made durable together: what is made has an owner, and goes with it.
    const [guarded, refusal] = await Promise.all([
      decision.finalizer === 'add' ? this.#setFinalizer(seen, true) : seen,
      this.#makeParts(seen, decision, signal),
    ]);
    const hindrance = refusal ?? (await this.#resizeInstance(seen, decision));
    const machine = await this.#writeStatus(guarded, decision, hindrance);
    if (decision.unhalt) await this.#unhalt(machine);
    if (decision.deleteInstance) await this.#deleteInstance(machine, decision);
    if (decision.finalizer === 'remove') await this.#setFinalizer(machine, false);
    if (hindrance !== undefined) return after(REFUSED_MS, hindrance.message);
    return decision.lookAgainMs === undefined ? done : after(decision.lookAgainMs, 'waits after failed starts');
  }

  /** Keeps copies of the types before anything is made from them. */
  async #keepTypes(
    machine: Stored<VirtualMachine>,
    { machine: typed, revisions }: MachineWithTypes,
    signal: AbortSignal,
  ): Promise<{ readonly machine: Stored<VirtualMachine>; readonly refusal?: Trouble }> {
    for (const revision of revisions) {
      const refusal = await this.#create(machine, 'ControllerRevision', async () => {
        const created = await this.#client.resource(controllerRevision).create(revision);
        await this.#client.cache(controllerRevision).reached(created.metadata.resourceVersion, signal);
      });
      if (refusal) return { machine, refusal };
    }
    if (revisions.length === 0) return { machine };
    const status = typed.status ?? {};
    return { machine: await this.#client.resource(virtualMachine).updateStatus({ ...machine, status }) };
  }

  /** Answers why the API refuses one of them, if it does. */
  async #makeParts(
    machine: Stored<VirtualMachine>,
    { createDataVolumes, createInstance }: Decision,
    signal: AbortSignal,
  ): Promise<Trouble | undefined> {
    let refusal: Trouble | undefined;
    for (const volume of createDataVolumes) {
      refusal ??= await this.#create(machine, 'DataVolume', () => this.#client.resource(dataVolume).create(volume));
    }
    if (!createInstance) return refusal;
    refusal ??= await this.#create(machine, 'VirtualMachineInstance', async () => {
      const created = await this.#client.resource(virtualMachineInstance).create(createInstance);
      this.#events.normal(
        machine,
        'SuccessfulCreate',
        `Started the virtual machine by creating the new virtual machine instance ${created.metadata.name}`,
      );
      await this.#client.cache(virtualMachineInstance).reached(created.metadata.resourceVersion, signal);
    });
    return refusal;
  }

  /** Answers why the API refuses it, if it does; other failures are thrown, and tried again. */
  async #create(
    machine: Stored<VirtualMachine>,
    what: string,
    create: () => Promise<unknown>,
  ): Promise<Trouble | undefined> {
    try {
      await create();
      return undefined;
    } catch (error) {
      // Made by an earlier try that the cache does not show yet.
      if (isAlreadyExists(error)) return undefined;
      if (!isReason(error, 'Invalid', 'Forbidden', 'BadRequest')) throw error;
      const message = `${what} could not be created: ${describeError(error)}`;
      this.#events.warning(machine, 'FailedCreate', message);
      return { reason: 'FailedCreate', message };
    }
  }

  /** Gives the running instance another size. Answers why its host has no room, if so. */
  async #resizeInstance(machine: Stored<VirtualMachine>, { resizeInstance }: Decision): Promise<Trouble | undefined> {
    if (!resizeInstance) return undefined;
    const { instance, to } = resizeInstance;
    const { namespace = '', name, uid } = instance.metadata;
    const domain = {
      ...(to.sockets !== undefined && { cpu: { sockets: to.sockets } }),
      ...(to.guest !== undefined && { memory: { guest: to.guest } }),
    };
    const size = [to.sockets && counted(to.sockets, 'socket'), to.guest && `${to.guest} of memory`]
      .filter(Boolean)
      .join(', ');
    try {
      const body = { metadata: { uid }, spec: { domain } };
      await this.#client.resource(virtualMachineInstance).patch({ namespace, name }, { type: 'merge', body });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isReason(error, 'Conflict', 'Invalid', 'Forbidden')) throw error;
      const message = `the running instance cannot get ${size}: ${describeError(error)}`;
      this.#events.warning(machine, 'FailedResize', message);
      return { reason: 'FailedResize', message };
    }
    this.#events.normal(machine, 'Resized', `Gave the running virtual machine instance ${size}`);
    return undefined;
  }

  async #writeStatus(
    machine: Stored<VirtualMachine>,
    { status }: Decision,
    trouble: Trouble | undefined,
  ): Promise<Stored<VirtualMachine>> {
    const known = machine.status?.conditions?.find(({ type }) => type === 'Failure');
    const now = `${new Date(this.#client.world.clock.now()).toISOString().slice(0, 19)}Z`;
    const lastTransitionTime = known?.status === 'True' ? (known.lastTransitionTime ?? now) : now;
    const failure = trouble && { type: 'Failure', status: 'True' as const, ...trouble, lastTransitionTime };
    const wanted = failure ? { ...status, conditions: [...(status.conditions ?? []), failure] } : status;
    if (sameJson(wanted, machine.status)) return machine;
    return this.#client.resource(virtualMachine).updateStatus({ ...machine, status: wanted });
  }

  async #setFinalizer(machine: Stored<VirtualMachine>, wanted: boolean): Promise<Stored<VirtualMachine>> {
    const others = (machine.metadata.finalizers ?? []).filter((finalizer) => finalizer !== machineFinalizer);
    const finalizers = wanted ? [...others, machineFinalizer] : others;
    try {
      return await this.#client
        .resource(virtualMachine)
        .update({ ...machine, metadata: { ...machine.metadata, finalizers } });
    } catch (error) {
      if (!wanted && isNotFound(error)) return machine;
      throw error;
    }
  }

  /** The start that was asked for stays in the status, and is answered under the new strategy. */
  async #unhalt(machine: Stored<VirtualMachine>): Promise<void> {
    const { running: _, runStrategy, ...rest } = machine.spec;
    const spec = runStrategy === undefined ? { ...rest, running: true } : { ...rest, runStrategy: 'Always' as const };
    await this.#client.resource(virtualMachine).update({ ...machine, spec });
  }

  async #deleteInstance(machine: Stored<VirtualMachine>, { deleteInstance }: Decision): Promise<void> {
    if (!deleteInstance) return;
    const { namespace = '', name, uid } = deleteInstance.metadata;
    try {
      await this.#client.resource(virtualMachineInstance).delete({ namespace, name }, { preconditions: { uid } });
    } catch (error) {
      // It is gone, or another one has taken its name: either way this one is no more.
      if (isNotFound(error) || isConflict(error)) return;
      throw error;
    }
    const message = `Stopped the virtual machine by deleting the virtual machine instance ${name}`;
    this.#events.normal(machine, 'SuccessfulDelete', message);
  }
}

function volumeKeys({ metadata, spec }: VirtualMachine): string[] {
  const names = new Set<string>();
  for (const volume of spec.template.spec?.volumes ?? []) {
    const name = volume.dataVolume?.name ?? volume.persistentVolumeClaim?.claimName;
    if (name) names.add(`${metadata.namespace}/${name}`);
  }
  for (const template of spec.dataVolumeTemplates ?? []) names.add(`${metadata.namespace}/${template.metadata?.name}`);
  return [...names];
}
