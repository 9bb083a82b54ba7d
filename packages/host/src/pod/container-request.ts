import { Failure } from '@godwit/base';
import { type Container, type Pod, parseQuantity, type Stored } from '@godwit/kinds';
import type {
  ContainerMount,
  ContainerRequest,
  ContainerResources,
  ContainerSecurity,
  ImageFacts,
} from '../container-driver.ts';
import { containerName, labelsFor } from './container-labels.ts';
import { expand } from './expand.ts';
import type { HostFacts } from './host-facts.ts';
import { hostnameOf } from './network-files.ts';
import { oomScoreAdjust } from './quality-of-service.ts';

/** Everything that one run of a container is made of. */
export interface RunParts {
  readonly pod: Stored<Pod>;
  readonly container: Container;
  readonly attempt: number;
  readonly image: ImageFacts;
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  readonly namespacePath: string;
  readonly host: HostFacts;
  readonly logPath: string;
  readonly processNamespaceOf?: string | undefined;
}

/** Pure: the container to ask the engine for. Throws Failure `configuration-error`. */
export function containerRequest(parts: RunParts): ContainerRequest {
  const { pod, container, attempt, image, variables, host } = parts;
  const uid = pod.metadata.uid;
  const { command, args, workingDir, lifecycle } = container;
  const stopSignal = lifecycle?.stopSignal ?? image.stopSignal;
  return {
    name: containerName(uid, container.name, attempt),
    labels: labelsFor(pod, container.name, attempt, container.image ?? ''),
    imageId: image.id,
    ...programOf(command, args, image, variables),
    ...(workingDir && { workingDirectory: workingDir }),
    environment: { ...variables, HOSTNAME: variables.HOSTNAME ?? hostnameOf(pod) },
    mounts: parts.mounts,
    networkNamespace: parts.namespacePath,
    hostname: hostnameOf(pod),
    hostProcesses: pod.spec.hostPID === true,
    hostIpc: pod.spec.hostIPC === true,
    ...(parts.processNamespaceOf && { processNamespaceOf: parts.processNamespaceOf }),
    resources: resourcesOf(pod, container, host),
    security: securityOf(pod, container, image),
    sysctls: Object.fromEntries((pod.spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
    stdin: container.stdin ? (container.stdinOnce ? 'once' : 'open') : 'none',
    tty: container.tty === true,
    ...(stopSignal && { stopSignal }),
    logPath: parts.logPath,
  };
}

/** `command` replaces entry point and command of the image; `args` alone only its command. */
function programOf(
  command: readonly string[] | undefined,
  args: readonly string[] | undefined,
  image: ImageFacts,
  variables: Readonly<Record<string, string>>,
): Pick<ContainerRequest, 'entrypoint' | 'command'> {
  const filled = (words: readonly string[]): readonly string[] => words.map((word) => expand(word, variables));
  if (command && command.length > 0) return { entrypoint: filled(command), command: filled(args ?? []) };
  if (args && args.length > 0) return { entrypoint: image.entrypoint, command: filled(args) };
  if (image.entrypoint.length + image.command.length === 0) {
    throw new Failure('configuration-error', 'no command specified');
  }
  return {};
}

const LEAST_SHARES = 2;
const QUOTA_PERIOD_MICROS = 100_000;
const LEAST_QUOTA_MICROS = 1_000;

/** Kubernetes' own translation: shares from the request, quota from the limit. */
export function resourcesOf(pod: Pod, container: Container, host: HostFacts): ContainerResources {
  const { requests, limits } = container.resources ?? {};
  const cpuLimit = parseQuantity(limits?.cpu);
  const cpuRequest = parseQuantity(requests?.cpu) ?? cpuLimit ?? 0;
  const memory = parseQuantity(limits?.memory);
  return {
    cpuShares: Math.max(LEAST_SHARES, Math.floor(cpuRequest * 1024)),
    ...(cpuLimit !== undefined && {
      cpuQuotaMicros: Math.max(LEAST_QUOTA_MICROS, Math.round(cpuLimit * QUOTA_PERIOD_MICROS)),
    }),
    ...(memory !== undefined && { memoryBytes: Math.floor(memory) }),
    oomScoreAdjust: oomScoreAdjust(pod, container, host.memoryBytes),
  };
}

function securityOf(pod: Pod, container: Container, image: ImageFacts): ContainerSecurity {
  const all = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const user = own.runAsUser ?? all.runAsUser;
  const group = own.runAsGroup ?? all.runAsGroup;
  if ((own.runAsNonRoot ?? all.runAsNonRoot) === true) refuseRoot(user, image);
  const seccomp = own.seccompProfile ?? all.seccompProfile;
  const fsGroup = all.fsGroup === undefined ? [] : [all.fsGroup];
  return {
    ...userOf(user, group, image),
    groups: [...new Set([...fsGroup, ...(all.supplementalGroups ?? [])])],
    privileged: own.privileged === true,
    readOnlyRoot: own.readOnlyRootFilesystem === true,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    addCapabilities: (own.capabilities?.add ?? []).map(capability),
    dropCapabilities: (own.capabilities?.drop ?? []).map(capability),
    // Kubernetes' default is no profile unless one is asked for.
    ...(seccomp?.type !== 'RuntimeDefault' && {
      seccomp: seccomp?.type === 'Localhost' ? (seccomp.localhostProfile ?? 'unconfined') : 'unconfined',
    }),
    unmaskedProc: own.procMount === 'Unmasked',
  };
}

function userOf(user: number | undefined, group: number | undefined, image: ImageFacts): { user?: string } {
  if (user === undefined && group === undefined) return {};
  const name = user === undefined ? image.user.split(':')[0] || '0' : String(user);
  return { user: group === undefined ? name : `${name}:${group}` };
}

function refuseRoot(user: number | undefined, image: ImageFacts): void {
  if (user !== undefined && user !== 0) return;
  const name = image.user.split(':')[0] ?? '';
  if (user === 0) {
    throw new Failure('configuration-error', "container's runAsUser breaks non-root policy");
  }
  if (name === '' || name === '0' || name === 'root') {
    throw new Failure('configuration-error', 'container has runAsNonRoot and image will run as root');
  }
  if (!/^\d+$/.test(name)) {
    const message = `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root`;
    throw new Failure('configuration-error', message);
  }
}

const capability = (name: string): string => (name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`);
