import type { Container, ContainerStatus, Pod, PodStatus } from '@godwit/kinds';
import { keep } from './keep.ts';

type PodSpec = Pod['spec'];

/** Once a machine is ready it stays so: nobody needs to ask again. */
const ONCE_SECONDS = 86_400;
const ANY_PORT = 80;

const SPEC = [
  'nodeName',
  'nodeSelector',
  'affinity',
  'tolerations',
  'topologySpreadConstraints',
  'priority',
  'priorityClassName',
  'preemptionPolicy',
  'schedulerName',
  'schedulingGates',
  'overhead',
  'resources',
  'hostNetwork',
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'serviceAccountName',
] as const;

/** What decides where a pod is and how it lives; not what it runs, in which environment, with which files. */
export function barePodSpec(spec: PodSpec): PodSpec {
  const volumes = (spec.volumes ?? []).filter(
    ({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim ?? ephemeral,
  );
  const names = new Set(volumes.map(({ name }) => name));
  const bare = (container: Container) => bareContainer(container, names);
  return {
    ...keep(spec, SPEC),
    ...(volumes.length > 0 && { volumes }),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(bare) }),
    containers: spec.containers.map(bare),
  };
}

const CONTAINER = ['name', 'image', 'imagePullPolicy', 'resources', 'resizePolicy', 'restartPolicy'] as const;

function bareContainer(container: Container, volumes: ReadonlySet<string>): Container {
  const { ports, readinessProbe, volumeMounts } = container;
  const mounts = volumeMounts
    ?.filter(({ name }) => volumes.has(name))
    .map((mount) => keep(mount, ['name', 'mountPath']));
  const initialDelaySeconds = readinessProbe?.initialDelaySeconds;
  return {
    ...keep(container, CONTAINER),
    ...(ports && {
      ports: ports.map((port) => keep(port, ['name', 'containerPort', 'hostPort', 'protocol', 'hostIP'])),
    }),
    ...(mounts && mounts.length > 0 && { volumeMounts: mounts }),
    ...(readinessProbe && { readinessProbe: askedOnce(initialDelaySeconds) }),
  };
}

/** A probe that is as patient as the one that it stands for, and asks until it has heard once that all is well. */
export function askedOnce(initialDelaySeconds: number | undefined) {
  return {
    tcpSocket: { port: ANY_PORT },
    periodSeconds: ONCE_SECONDS,
    ...(initialDelaySeconds !== undefined && { initialDelaySeconds }),
  };
}

const STATUS = ['phase', 'startTime', 'qosClass', 'nominatedNodeName'] as const;

export function barePodStatus(status: PodStatus): PodStatus {
  const { conditions, containerStatuses, initContainerStatuses } = status;
  return {
    ...keep(status, STATUS),
    ...(conditions && { conditions }),
    ...(initContainerStatuses && { initContainerStatuses: initContainerStatuses.map(bareContainerStatus) }),
    ...(containerStatuses && { containerStatuses: containerStatuses.map(bareContainerStatus) }),
  };
}

/** Without last messages, which may say anything. */
function bareContainerStatus(status: ContainerStatus): ContainerStatus {
  const { running, waiting, terminated } = status.state ?? {};
  return {
    ...keep(status, [
      'name',
      'ready',
      'restartCount',
      'started',
      'image',
      'imageID',
      'resources',
      'allocatedResources',
    ]),
    state: {
      ...(running && { running }),
      ...(waiting && { waiting: keep(waiting, ['reason']) }),
      ...(terminated && {
        terminated: keep(terminated, ['exitCode', 'reason', 'startedAt', 'finishedAt']),
      }),
    },
    lastState: {},
  };
}
