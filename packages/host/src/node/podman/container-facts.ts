import type { ContainerFacts } from '../../container-driver.ts';

/** The part of Podman's inspection that we read. */
export interface PodmanInspection {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Pid?: number;
    readonly ConmonPid?: number;
    readonly ExitCode?: number;
    readonly OOMKilled?: boolean;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
  };
}

/** The part of a row of Podman's list that we read. */
export interface PodmanListed {
  readonly Id: string;
  readonly Names?: readonly string[];
  readonly ImageID: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly State: string;
  readonly Pid?: number;
  readonly ExitCode?: number;
  readonly StartedAt?: number;
  readonly ExitedAt?: number;
}

function stateOf(status: string): ContainerFacts['state'] {
  if (status === 'running' || status === 'paused' || status === 'stopping') return 'running';
  return status === 'created' || status === 'configured' || status === 'initialized' ? 'created' : 'exited';
}

/** Podman writes the year 1 for "never". */
function instantMs(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
}

export function factsOfInspection(found: PodmanInspection): ContainerFacts {
  const { State: state } = found;
  const startedAtMs = instantMs(state.StartedAt);
  const finishedAtMs = instantMs(state.FinishedAt);
  const status = stateOf(state.Status);
  return {
    id: found.Id,
    name: found.Name,
    labels: found.Config?.Labels ?? {},
    state: status,
    imageId: found.Image,
    ...(state.Pid && { pid: state.Pid }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(status === 'exited' && finishedAtMs !== undefined && { finishedAtMs }),
    ...(status === 'exited' && { exitCode: state.ExitCode ?? 137 }),
    ...(state.OOMKilled && { outOfMemory: true }),
    ...(state.Error && { error: state.Error }),
  };
}

export function factsOfListed(found: PodmanListed): ContainerFacts {
  const status = stateOf(found.State);
  return {
    id: found.Id,
    name: found.Names?.[0] ?? '',
    labels: found.Labels ?? {},
    state: status,
    imageId: found.ImageID,
    ...(found.Pid && { pid: found.Pid }),
    ...(found.StartedAt && found.StartedAt > 0 && { startedAtMs: found.StartedAt * 1000 }),
    ...(status === 'exited' && found.ExitedAt && found.ExitedAt > 0 && { finishedAtMs: found.ExitedAt * 1000 }),
    ...(status === 'exited' && { exitCode: found.ExitCode ?? 137 }),
  };
}
