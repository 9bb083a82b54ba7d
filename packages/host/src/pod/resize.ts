import type { Container, ContainerStatus } from '@godwit/kinds';
import { type PlannedContainer, planOf } from './container-plan.ts';
import { type ContainerRun, type PodState, runOf } from './pod-state.ts';

type Resources = NonNullable<Container['resources']>;

/** What of the spec a running container can be given anew. */
export function resourcesText(spec: Container | undefined): string {
  return JSON.stringify(spec?.resources ?? {});
}

/** A running container has other resources than its spec says. */
export function isResizing(spec: Container, run: ContainerRun): boolean {
  return run.phase === 'running' && run.resources !== undefined && run.resources !== resourcesText(spec);
}

/** The resources that a container really has, where it runs, and what is set aside for it. */
export function actualResources(
  spec: Container,
  run: ContainerRun,
): Pick<ContainerStatus, 'resources' | 'allocatedResources'> {
  if (!spec.resources) return {};
  const resources = run.phase === 'running' && run.resources !== undefined ? parse(run.resources) : spec.resources;
  const { requests } = spec.resources;
  return { resources, ...(requests && { allocatedResources: requests }) };
}

/** Whether a change of resources is of a kind for which the container asked to be started anew. */
export function mustRestart(spec: Container, run: ContainerRun): boolean {
  if (!isResizing(spec, run)) return false;
  const before = parse(run.resources ?? '{}');
  return (spec.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (['requests', 'limits'] as const).some(
        (field) => before[field]?.[resourceName] !== spec.resources?.[field]?.[resourceName],
      ),
  );
}

/** How a resize stands; undefined when none is under way. `message` says why it does not get on. */
export function resizeInProgress(state: PodState): { readonly message?: string } | undefined {
  const { pod } = state;
  if (!pod) return undefined;
  const resizing = planOf(pod).filter(({ name, spec }: PlannedContainer) => isResizing(spec, runOf(state, name)));
  if (resizing.length === 0) return undefined;
  const [trouble] = resizing.flatMap(({ name }) => state.retries[`container/${name}`] ?? []);
  return trouble ? { message: trouble.message } : {};
}

function parse(text: string): Resources {
  return JSON.parse(text) as Resources;
}
