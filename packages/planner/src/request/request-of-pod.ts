import type { Container, Pod } from '@godwit/kinds';
import { addAmounts, amountsOf, raiseAmounts } from '../amounts.ts';
import { gpuOf, sinceOf, withGpuShares } from './common.ts';
import type { HostPort, MachineRequest, RequestContext } from './machine-request.ts';

/** What a pod asks of a host. */
export function requestOfPod(pod: Pod, context: RequestContext = {}): MachineRequest {
  const { metadata, spec, status } = pod;
  const amounts = podAmounts(pod);
  const gpu = gpuOf(amounts, metadata.annotations);
  return {
    uid: metadata.uid ?? '',
    kind: 'Pod',
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    labels: metadata.labels ?? {},
    amounts: withGpuShares(amounts, gpu),
    ports: podPorts(pod),
    finished: status?.phase === 'Succeeded' || status?.phase === 'Failed',
    priority: context.priority ?? spec.priority ?? 0,
    nodeSelector: spec.nodeSelector,
    affinity: spec.affinity,
    tolerations: spec.tolerations ?? [],
    spread: spec.topologySpreadConstraints ?? [],
    volumes: context.volumes ?? [],
    ...(gpu && { gpu }),
    ...sinceOf(metadata.creationTimestamp),
    images: spec.containers.flatMap(({ image }) => (image ? [image] : [])),
  };
}

function containerAmounts(container: Container): Record<string, number> {
  return { ...amountsOf(container.resources?.limits), ...amountsOf(container.resources?.requests) };
}

/**
 * Containers run together and add up. Init containers run one after the other, each beside the sidecars (init
 * containers that restart) that were started before it; the larger of both counts, as in Kubernetes.
 */
function podAmounts({ spec }: Pod): Record<string, number> {
  const together: Record<string, number> = {};
  const starting: Record<string, number> = {};
  for (const container of spec.initContainers ?? []) {
    const amounts = containerAmounts(container);
    if (container.restartPolicy === 'Always') {
      addAmounts(together, amounts);
      raiseAmounts(starting, together);
    } else {
      const beside = { ...together };
      addAmounts(beside, amounts);
      raiseAmounts(starting, beside);
    }
  }
  for (const container of spec.containers) addAmounts(together, containerAmounts(container));
  raiseAmounts(together, starting);
  raiseAmounts(together, { ...amountsOf(spec.resources?.requests) });
  addAmounts(together, amountsOf(spec.overhead));
  together.pods = 1;
  return together;
}

function podPorts({ spec }: Pod): HostPort[] {
  const ports: HostPort[] = [];
  for (const container of spec.containers) {
    for (const { containerPort, hostPort, protocol = 'TCP', hostIP } of container.ports ?? []) {
      const port = hostPort ?? (spec.hostNetwork ? containerPort : 0);
      if (port > 0) ports.push({ protocol, port, ...(hostIP && { address: hostIP }) });
    }
  }
  return ports;
}
