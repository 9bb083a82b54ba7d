import { hasCode } from '@godwit/base';
import type { Container, Pod, Stored } from '@godwit/kinds';
import type { ImageFacts } from '../container-driver.ts';
import { planOf } from './container-plan.ts';
import { containerRequest } from './container-request.ts';
import { environmentOf } from './environment.ts';
import type { PodAction, PodInput } from './pod-input.ts';
import type { PodTools } from './pod-tools.ts';
import { credentialsOf } from './registry-credentials.ts';

type StartAction = Extract<PodAction, { type: 'start' }>;

/** One run of a container: image, variables and mounts side by side, then made and started. */
export async function startContainer(
  tools: PodTools,
  pod: Stored<Pod>,
  action: StartAction,
  signal: AbortSignal,
): Promise<PodInput> {
  const { containers, folders, host, reporter, world } = tools;
  const container = planOf(pod).find(({ name }) => name === action.container)?.spec;
  if (!container) throw new Error(`pod ${pod.metadata.name} has no container ${action.container}`);
  const { attempt, paths, namespacePath } = action;
  const [image, { variables, mounts }] = await Promise.all([
    findImage(tools, pod, container, signal),
    environmentOf(pod, container, tools.configuration, host).then(async (variables) => ({
      variables,
      mounts: await folders.containerMounts({ pod, container, attempt, paths, variables }),
    })),
  ]);
  const logPath = folders.logPath(pod.metadata.uid, container.name, attempt);
  const { processNamespaceOf } = action;
  const request = containerRequest({
    pod,
    container,
    attempt,
    image,
    variables,
    mounts,
    namespacePath,
    host,
    logPath,
    processNamespaceOf,
  });
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
  return {
    type: 'started',
    container: container.name,
    run: {
      attempt,
      id,
      image: {
        name: container.image ?? '',
        id: image.id,
        reference: image.reference,
        stopSignal: request.stopSignal ?? '',
      },
      startedAtMs,
      ended: false,
    },
  };
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
