import type { ContainerRequest, ContainerResources } from '../../container-driver.ts';
import { KEEP_STDIN } from './monitor-program.ts';
import type { PodmanPlaces } from './podman-configuration.ts';
import { signalNumber } from './signal-number.ts';

const CPU_PERIOD_MICROS = 100_000;

/** A container request in the words of Podman's create call (its `SpecGenerator`). */
export function containerSpecification(
  request: ContainerRequest,
  places: Pick<PodmanPlaces, 'cgroupParent' | 'lowestOomScore' | 'countsSwap'>,
  /** First process of the container whose processes are shared. */
  sharedProcess?: number,
): Record<string, unknown> {
  const { security } = request;
  const hostNetwork = request.networkNamespace === 'host';
  return {
    name: request.name,
    image: request.imageId,
    labels: request.labels,
    ...(request.entrypoint && { entrypoint: request.entrypoint }),
    ...(request.command && { command: request.command }),
    ...(request.workingDirectory && { work_dir: request.workingDirectory, create_working_dir: true }),
    env: request.environment,
    httpproxy: false,
    stdin: request.stdin !== 'none',
    ...(request.stdin === 'open' && { annotations: { [KEEP_STDIN]: 'true' } }),
    terminal: request.tty,
    ...(request.stopSignal && { stop_signal: signalNumber(request.stopSignal) }),
    restart_policy: 'no',
    systemd: 'false',
    image_volume_mode: 'anonymous',
    mounts: request.mounts.map((mount) => ({
      type: 'bind',
      source: mount.source,
      destination: mount.destination,
      options: ['rbind', mount.readOnly ? 'ro' : 'rw', mount.propagation ?? 'rprivate'],
    })),
    use_image_hosts: true,
    use_image_resolve_conf: true,
    netns: hostNetwork ? { nsmode: 'host' } : { nsmode: 'path', value: request.networkNamespace },
    ...(request.hostname && !hostNetwork && { hostname: request.hostname }),
    ...(hostNetwork && { utsns: { nsmode: 'host' } }),
    ...processNamespace(request, sharedProcess),
    ...(request.hostIpc && { ipcns: { nsmode: 'host' } }),
    cgroup_parent: places.cgroupParent,
    resource_limits: resourceLimits(request.resources, places.countsSwap),
    oom_score_adj: Math.max(places.lowestOomScore, request.resources.oomScoreAdjust),
    sysctl: request.sysctls,
    ...(security.user && { user: security.user }),
    groups: security.groups.map(String),
    privileged: security.privileged,
    read_only_filesystem: security.readOnlyRoot,
    no_new_privileges: security.noNewPrivileges,
    cap_add: security.addCapabilities,
    cap_drop: security.dropCapabilities,
    ...(security.seccomp && { seccomp_profile_path: security.seccomp }),
    ...(security.unmaskedProc && { unmask: ['ALL'] }),
    log_configuration: { driver: 'k8s-file', path: request.logPath },
  };
}

/**
 * By path, not by container: Podman would make one container depend on the other, and neither could be
 * removed while the other is there.
 */
function processNamespace(request: ContainerRequest, sharedProcess: number | undefined): Record<string, unknown> {
  if (request.hostProcesses) return { pidns: { nsmode: 'host' } };
  return sharedProcess === undefined ? {} : { pidns: { nsmode: 'path', value: `/proc/${sharedProcess}/ns/pid` } };
}

/**
 * Limits in the words of the OCI runtime specification. A limit of memory is one of memory and swap together, as in
 * Kubernetes; left to the engine, the second would be twice the first, and stay there when the first outgrows it.
 */
export function resourceLimits(resources: ContainerResources, countsSwap: boolean): Record<string, unknown> {
  const { cpuShares, cpuQuotaMicros, memoryBytes } = resources;
  return {
    cpu: {
      ...(cpuShares !== undefined && { shares: cpuShares }),
      ...(cpuQuotaMicros !== undefined && { quota: cpuQuotaMicros, period: CPU_PERIOD_MICROS }),
    },
    ...(memoryBytes !== undefined && { memory: { limit: memoryBytes, ...(countsSwap && { swap: memoryBytes }) } }),
  };
}
