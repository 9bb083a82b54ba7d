import { boolean, int32, int64, listOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { localObjectReference } from '../shared/references.ts';
import { resourceList } from '../shared/resource-list.ts';
import { affinity, nodeSelectorMap } from './affinity.ts';
import { container, ephemeralContainer } from './container.ts';
import { resourceRequirements } from './resources.ts';
import {
  podReadinessGate,
  podResourceClaim,
  podSchedulingGate,
  toleration,
  topologySpreadConstraint,
} from './scheduling.ts';
import { podSecurityContext } from './security-context.ts';
import { volume } from './volume.ts';

export const podDnsConfig = object(
  {
    nameservers: listOf(string(), 'DNS servers.'),
    searches: listOf(string(), 'Search domains.'),
    options: listOf(
      object({ name: string('Name.'), value: string('Value.') }, 'One option.', coreName('PodDNSConfigOption')),
      'Options of the resolver.',
    ),
  },
  'Resolver settings, added to those of dnsPolicy.',
  coreName('PodDNSConfig'),
);

const hostAlias = object(
  { ip: required(string('Address.')), hostnames: listOf(string(), 'Names of the address.') },
  'A line of /etc/hosts.',
  coreName('HostAlias'),
);

const byName = { keys: ['name'] };

const containers = {
  containers: required(listOf(container, 'Containers that run side by side; at least one.', byName)),
  initContainers: listOf(container, 'Containers that run one after the other before the others start.', byName),
  ephemeralContainers: listOf(ephemeralContainer, 'Containers added to the running pod.', byName),
  volumes: listOf(volume, 'Volumes that containers can mount.', { ...byName, strategy: 'merge,retainKeys' }),
};

const life = {
  restartPolicy: oneOf(['Always', 'OnFailure', 'Never'], 'When ended containers start again; Always by default.'),
  terminationGracePeriodSeconds: int64('Seconds between the request to end and the kill; 30 by default.'),
  activeDeadlineSeconds: int64('Seconds after which the pod is ended.'),
  os: object({ name: required(string('linux or windows.')) }, 'Operating system.', coreName('PodOS')),
  readinessGates: listOf(podReadinessGate, 'More conditions of readiness.'),
  resources: resourceRequirements,
  runtimeClassName: string('Name of a RuntimeClass.'),
  shareProcessNamespace: boolean('Containers see the processes of each other.'),
};

const identity = {
  serviceAccountName: string('Account that the pod acts as; default by default.'),
  serviceAccount: string('Old name of serviceAccountName.'),
  automountServiceAccountToken: boolean('Whether a token is mounted.'),
  imagePullSecrets: listOf(localObjectReference, 'Secrets for fetching images.', byName),
  securityContext: podSecurityContext,
};

const network = {
  dnsPolicy: oneOf(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'], 'ClusterFirst by default.'),
  dnsConfig: podDnsConfig,
  enableServiceLinks: boolean('Variables for the services of the namespace; true by default.'),
  hostAliases: listOf(hostAlias, 'Lines of /etc/hosts.', { keys: ['ip'] }),
  hostIPC: boolean('Uses the IPC namespace of the host.'),
  hostNetwork: boolean('Uses the network of the host.'),
  hostPID: boolean('Uses the process namespace of the host.'),
  hostUsers: boolean('Uses the user namespace of the host; true by default.'),
  hostname: string('Host name; the name of the pod by default.'),
  hostnameOverride: string('Host name as it is, whatever the other fields say.'),
  setHostnameAsFQDN: boolean('Host name with its domain.'),
  subdomain: string('Domain of the pod below that of its namespace.'),
};

const scheduling = {
  nodeName: string('Node that the pod runs on; set by binding.'),
  nodeSelector: nodeSelectorMap,
  affinity,
  tolerations: listOf(toleration, 'Taints that the pod tolerates.'),
  topologySpreadConstraints: listOf(topologySpreadConstraint, 'How matching pods spread.', {
    keys: ['topologyKey', 'whenUnsatisfiable'],
  }),
  schedulerName: string('Who places the pod; default-scheduler by default.'),
  schedulingGates: listOf(podSchedulingGate, 'Gates that hold scheduling back.', byName),
  schedulingGroup: object(
    { podGroupName: string('Name of the PodGroup.') },
    'Pods that are placed together.',
    coreName('PodSchedulingGroup'),
  ),
  priority: int32('Importance; taken from the priority class.'),
  priorityClassName: string('Name of a PriorityClass.'),
  preemptionPolicy: oneOf(['Never', 'PreemptLowerPriority'], 'Whether less important pods may be pushed out.'),
  overhead: resourceList('What the runtime itself needs.'),
  resourceClaims: listOf(podResourceClaim, 'Devices that the pod asks for.', {
    ...byName,
    strategy: 'merge,retainKeys',
  }),
};

export const podSpec = object(
  { ...containers, ...life, ...identity, ...network, ...scheduling },
  'What runs, and how and where.',
  coreName('PodSpec'),
);
export type PodSpec = Static<typeof podSpec>;
