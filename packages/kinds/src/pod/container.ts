import { boolean, described, int32, listOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { environmentFromSource, environmentVariable } from './environment.ts';
import { lifecycle, probe } from './probe.ts';
import { resourceRequirements } from './resources.ts';
import { securityContext } from './security-context.ts';

const containerPort = object(
  {
    name: string('Name by which services and probes refer to the port.'),
    hostPort: int32('Port of the host.'),
    containerPort: required(int32('Port of the pod address.')),
    protocol: oneOf(['TCP', 'UDP', 'SCTP'], 'TCP by default.'),
    hostIP: string('Address of the host to bind to.'),
  },
  'A port that the container listens on.',
  coreName('ContainerPort'),
);
export type ContainerPort = Static<typeof containerPort>;

const volumeMount = object(
  {
    name: required(string('Name of an entry of spec.volumes.')),
    mountPath: required(string('Where the volume appears in the container.')),
    subPath: string('Path inside the volume that is mounted; its root by default.'),
    subPathExpr: string('As subPath, with $(VARIABLE) replaced.'),
    readOnly: boolean('Mounted read-only.'),
    recursiveReadOnly: oneOf(['Disabled', 'IfPossible', 'Enabled'], 'Whether read-only goes for mounts below.'),
    mountPropagation: oneOf(['None', 'HostToContainer', 'Bidirectional'], 'How later mounts show through.'),
  },
  'Where a volume appears in a container.',
  coreName('VolumeMount'),
);
export type VolumeMount = Static<typeof volumeMount>;

const volumeDevice = object(
  {
    name: required(string('Name of a claim volume of the pod.')),
    devicePath: required(string('Where the device appears in the container.')),
  },
  'Where a raw block volume appears in a container.',
  coreName('VolumeDevice'),
);

const restartRule = object(
  {
    action: required(string('What to do; Restart.')),
    exitCodes: object(
      {
        operator: required(oneOf(['In', 'NotIn'], 'How the code relates to the values.')),
        values: listOf(int32(), 'Exit codes.', { set: true, strategy: 'replace' }),
      },
      'Exit codes that the rule is about.',
      coreName('ContainerRestartRuleOnExitCodes'),
    ),
  },
  'When a container is started again.',
  coreName('ContainerRestartRule'),
);

const containerFields = {
  name: required(string('Name of the container, a DNS label, unique in the pod.')),
  image: string('Image to run.'),
  command: listOf(string(), 'Program and first arguments; the entry point of the image by default.'),
  args: listOf(string(), 'Arguments; the command of the image by default.'),
  workingDir: string('Directory to start in.'),
  ports: listOf(containerPort, 'Ports that the container listens on.', {
    keys: ['containerPort', 'protocol'],
    mergeKey: 'containerPort',
  }),
  envFrom: listOf(environmentFromSource, 'ConfigMaps and Secrets whose keys become variables.'),
  env: listOf(environmentVariable, 'Variables of the environment.', { keys: ['name'] }),
  resources: resourceRequirements,
  resizePolicy: listOf(
    object(
      {
        resourceName: required(string('cpu or memory.')),
        restartPolicy: required(oneOf(['NotRequired', 'RestartContainer'], 'What a change needs.')),
      },
      'What a change of one resource needs.',
      coreName('ContainerResizePolicy'),
    ),
    'What changes of resources need.',
  ),
  restartPolicy: oneOf(
    ['Always', 'OnFailure', 'Never'],
    'For one container; Always makes an init container a sidecar.',
  ),
  restartPolicyRules: listOf(restartRule, 'Exceptions from restartPolicy by exit code.'),
  volumeMounts: listOf(volumeMount, 'Volumes that the container sees.', { keys: ['mountPath'] }),
  volumeDevices: listOf(volumeDevice, 'Raw block volumes that the container sees.', { keys: ['devicePath'] }),
  livenessProbe: described(probe, 'Whether the container lives; it is restarted when not.'),
  readinessProbe: described(probe, 'Whether the container takes requests; services leave it out when not.'),
  startupProbe: described(probe, 'Whether the container is up; the other probes wait for it.'),
  lifecycle,
  terminationMessagePath: string('File whose text becomes the last message; /dev/termination-log by default.'),
  terminationMessagePolicy: oneOf(['File', 'FallbackToLogsOnError'], 'Where the last message comes from.'),
  imagePullPolicy: oneOf(['Always', 'Never', 'IfNotPresent'], 'Always for the tag latest, else IfNotPresent.'),
  securityContext,
  stdin: boolean('Keeps standard input open.'),
  stdinOnce: boolean('Closes standard input after the first attach ends.'),
  tty: boolean('Gives the container a terminal.'),
};

export const container = object(containerFields, 'One container of the pod.', coreName('Container'));
export type Container = Static<typeof container>;

export const ephemeralContainer = object(
  { ...containerFields, targetContainerName: string('Container whose process namespace is shared.') },
  'A container added to a running pod, for looking around.',
  coreName('EphemeralContainer'),
);
export type EphemeralContainer = Static<typeof ephemeralContainer>;
