import { hasCode } from '@godwit/base';
import type { Container, Pod, Stored } from '@godwit/kinds';
import type { ContainerRequest, ImageFacts } from '../container-driver.ts';
import { planOf } from './container-plan.ts';
import { containerRequest } from './container-request.ts';
import { environmentOf } from './environment.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import type { PodTools } from './pod-tools.ts';
import { credentialsOf } from './registry-credentials.ts';

type StartAction = Extract<PodAction, { type: 'start' }>;

/** One run of a container: made, then started. */
export async function startContainer(
  tools: PodTools,
  pod: Stored<Pod>,
  action: StartAction,
  signal: AbortSignal,
): Promise<PodInput> {
  const { containers, reporter, world } = tools;
  const container = planOf(pod).find(({ name }) => name === action.container)?.spec;
  if (!container) throw new Error(`pod ${pod.metadata.name} has no container ${action.container}`);
  const { image, request } = await prepare(tools, pod, container, action, signal);
  signal.throwIfAborted();
  const id = await containers.create(request);
  reporter.event(pod, containerEvent('Created', `Created container: ${container.name}`, container));
  try {
    await containers.start(id);
  } catch (error) {
    if (hasCode(error, 'container-start-failed')) await containers.remove(id);
    throw error;
  }
  const startedAtMs = world.clock.now();
  reporter.event(pod, containerEvent('Started', `Started container ${container.name}`, container));
  const started = {
    name: container.image ?? '',
    id: image.id,
    reference: image.reference,
    stopSignal: request.stopSignal ?? '',
  };
  const run = { attempt: action.attempt, id, image: started, startedAtMs, ended: false };
  return { type: 'started', container: container.name, run };
}

/** Image, variables and mounts, side by side; and the container that is asked for with them. */
async function prepare(
  tools: PodTools,
  pod: Stored<Pod>,
  container: Container,
  { attempt, paths, namespacePath, processNamespaceOf }: StartAction,
  signal: AbortSignal,
): Promise<{ readonly image: ImageFacts; readonly request: ContainerRequest }> {
  const { folders, host, configuration } = tools;
  const [image, { variables, mounts }] = await Promise.all([
    findImage(tools, pod, container, signal),
    environmentOf(pod, container, configuration, host).then(async (variables) => ({
      variables,
      mounts: await folders.containerMounts({ pod, container, attempt, paths, variables }),
    })),
  ]);
  const logPath = folders.logPath(pod.metadata.uid, container.name, attempt);
  const own = { pod, container, attempt, image, variables, mounts };
  return { image, request: containerRequest({ ...own, namespacePath, host, logPath, processNamespaceOf }) };
}

async function findImage(
  { containers, configuration, reporter }: PodTools,
  pod: Stored<Pod>,
  container: Container,
  signal: AbortSignal,
): Promise<ImageFacts> {
  const image = container.image ?? '';
  let pulled = false;
  const facts = await containers.resolveImage(
    {
      image,
      policy: container.imagePullPolicy ?? 'IfNotPresent',
      credentials: await credentialsOf(pod, configuration),
      onPull: () => {
        pulled = true;
        reporter.event(pod, containerEvent('Pulling', `Pulling image "${image}"`, container));
      },
    },
    signal,
  );
  const message = pulled
    ? `Successfully pulled image "${image}". Image size: ${facts.sizeBytes} bytes.`
    : `Container image "${image}" already present on machine`;
  reporter.event(pod, containerEvent('Pulled', message, container));
  return facts;
}

function containerEvent(reason: string, message: string, container: Container) {
  return { level: 'Normal', reason, message, container: container.name } as const;
}
