import { hasCode } from '@godwit/base';
import { type MachineStream, StatusFailure, type StreamRequest } from '@godwit/kinds';
import { addressesOf } from '../machine/machine-addresses.ts';
import { planOf } from './container-plan.ts';
import { type ContainerRun, type PodState, runOf } from './pod-state.ts';
import type { PodTools } from './pod-tools.ts';

export type LogRequest = Extract<StreamRequest, { type: 'logs' }>;

/** Output of containers, also of those that ended. */
export interface PodLogs {
  /**
   * @param ended answers whether the run has ended, so that following it may stop
   */
  open(path: string, request: LogRequest, ended: () => boolean, signal: AbortSignal): Promise<MachineStream>;
}

export interface OpenPodStream {
  readonly tools: PodTools;
  readonly logs: PodLogs;
  /** Changes as the pod does: read it again rather than keep it. */
  readonly state: () => PodState | undefined;
  readonly request: StreamRequest;
  readonly signal: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Opens a stream to a pod. Throws `StatusFailure` with words that kubectl's users know. */
export async function openPodStream(options: OpenPodStream): Promise<MachineStream> {
  const { request } = options;
  switch (request.type) {
    case 'logs':
      return openLogs(options, request);
    case 'exec':
    case 'attach':
      return openSession(options, request);
    case 'port-forward':
      return openPort(options, request.port);
    default:
      throw new StatusFailure('BadRequest', `a pod has no ${request.type}`);
  }
}

function known(options: OpenPodStream): PodState {
  const state = options.state();
  if (state?.pod) return state;
  throw new StatusFailure('NotFound', 'the pod is not on this host');
}

/** The container that is meant: named, marked as default, or the only one. */
function chooseContainer(state: PodState, asked: string | undefined): { name: string; run: ContainerRun } {
  const pod = state.pod as NonNullable<PodState['pod']>;
  const plan = planOf(pod);
  const marked = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const mains = plan.filter(({ type }) => type === 'main');
  const name = asked ?? marked ?? mains[0]?.name ?? '';
  if (asked === undefined && marked === undefined && mains.length > 1) {
    const names = plan.map((planned) => planned.name).join(' ');
    const message = `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names}]`;
    throw new StatusFailure('BadRequest', message);
  }
  if (!plan.some((planned) => planned.name === name)) {
    throw new StatusFailure('BadRequest', `container ${name} is not valid for pod ${pod.metadata.name}`);
  }
  return { name, run: runOf(state, name) };
}

async function openLogs(options: OpenPodStream, request: LogRequest): Promise<MachineStream> {
  const state = known(options);
  const { name, run } = chooseContainer(state, request.container);
  const pod = state.pod as NonNullable<PodState['pod']>;
  const attempt = attemptToShow(run, request.previous);
  if (attempt === undefined) {
    const which = request.previous ? 'previous terminated container' : 'container';
    const why = state.retries[`container/${name}`]?.reason ?? 'ContainerCreating';
    const what = request.previous ? 'not found' : `is waiting to start: ${why}`;
    const message = `${which} "${name}" in pod "${pod.metadata.name}" ${what}`;
    throw new StatusFailure('BadRequest', message);
  }
  const path = options.tools.folders.logPath(state.uid, name, attempt);
  const ended = (): boolean => {
    const now = options.state()?.containers[name];
    return now === undefined || now.attempt > attempt || now.phase !== 'running';
  };
  return options.logs.open(path, request, ended, options.signal);
}

/** A container that waits to be started again still shows the run before. */
function attemptToShow(run: ContainerRun, previous: boolean): number | undefined {
  const attempt = previous || run.phase === 'waiting' ? run.attempt - 1 : run.attempt;
  return attempt < 0 ? undefined : attempt;
}

async function openSession(
  options: OpenPodStream,
  request: Extract<StreamRequest, { type: 'exec' | 'attach' }>,
): Promise<MachineStream> {
  const state = known(options);
  const { name, run } = chooseContainer(state, request.container);
  if (run.phase !== 'running' || run.id === undefined) {
    throw new StatusFailure('BadRequest', `container ${name} is not running`);
  }
  const { containers } = options.tools;
  try {
    if (request.type === 'exec') return await containers.exec(run.id, request, options.signal);
    const session = await containers.attach(run.id, request, options.signal);
    const spec = state.pod && planOf(state.pod).find((planned) => planned.name === name)?.spec;
    // The program's input outlives the visitor, unless it is for one visitor only.
    const end = spec?.stdinOnce ? () => session.main.end() : () => undefined;
    return { ...session, main: { ...session.main, end } };
  } catch (error) {
    if (!hasCode(error, 'container-not-running')) throw error;
    throw new StatusFailure('BadRequest', `container ${name} is not running`, undefined, error);
  }
}

async function openPort(options: OpenPodStream, port: number): Promise<MachineStream> {
  const { pod } = known(options);
  const { network, host } = options.tools;
  const address = pod?.spec.hostNetwork ? '127.0.0.1' : pod && addressesOf(pod)[0]?.ip;
  if (address === undefined) throw new StatusFailure('BadRequest', `the pod has no address on ${host.nodeName}`);
  return { main: await network.connect(address, port, CONNECT_TIMEOUT_MS) };
}
