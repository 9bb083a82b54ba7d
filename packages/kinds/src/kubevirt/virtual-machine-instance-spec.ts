import {
  int32,
  int64,
  listOf,
  mapOf,
  object,
  objectMeta,
  oneOf,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { affinity } from '../pod/affinity.ts';
import { podDnsConfig } from '../pod/pod-spec.ts';
import { execAction, httpGetAction, tcpSocketAction } from '../pod/probe.ts';
import { toleration, topologySpreadConstraint } from '../pod/scheduling.ts';
import { kubevirt, marker } from './component-name.ts';
import { domain } from './domain.ts';
import { network } from './network-interface.ts';
import { utilityVolume, volume } from './volume.ts';

/** What a user says about a virtual machine: hardware, volumes, networks, where it may run, how it is watched. */

const probe = object(
  {
    exec: execAction,
    httpGet: httpGetAction,
    tcpSocket: tcpSocketAction,
    guestAgentPing: marker('GuestAgentPing', 'Asks the guest agent whether it is there.'),
    initialDelaySeconds: int32('Seconds to wait after the start.'),
    timeoutSeconds: int32('Seconds after which a try counts as failed. Defaults to 1.'),
    periodSeconds: int32('Seconds between two tries. Defaults to 10.'),
    successThreshold: int32('Successes in a row that count as well. Defaults to 1.'),
    failureThreshold: int32('Failures in a row that count as ill. Defaults to 3.'),
  },
  'How to find out whether the guest is well.',
  kubevirt('Probe'),
);

const secretSource = (kind: string) =>
  object(
    {
      secret: object(
        { secretName: required(string('Name of the Secret.')) },
        'A Secret of the same namespace.',
        kubevirt('AccessCredentialSecretSource'),
      ),
    },
    'Where the credentials come from.',
    kubevirt(kind),
  );

const accessCredential = object(
  {
    sshPublicKey: object(
      {
        source: required(secretSource('SSHPublicKeyAccessCredentialSource')),
        propagationMethod: required(
          object(
            {
              configDrive: marker('ConfigDriveSSHPublicKeyAccessCredentialPropagation', 'Through the config drive.'),
              noCloud: marker('NoCloudSSHPublicKeyAccessCredentialPropagation', 'Through the NoCloud disk.'),
              qemuGuestAgent: object(
                { users: required(listOf(string(), 'Users who get the keys.', { set: true })) },
                'Through the guest agent, also while the machine runs.',
                kubevirt('QemuGuestAgentSSHPublicKeyAccessCredentialPropagation'),
              ),
            },
            'How the keys reach the guest.',
            kubevirt('SSHPublicKeyAccessCredentialPropagationMethod'),
          ),
        ),
      },
      'Public keys that may log in by SSH.',
      kubevirt('SSHPublicKeyAccessCredential'),
    ),
    userPassword: object(
      {
        source: required(secretSource('UserPasswordAccessCredentialSource')),
        propagationMethod: required(
          object(
            {
              qemuGuestAgent: marker(
                'QemuGuestAgentUserPasswordAccessCredentialPropagation',
                'Through the guest agent.',
              ),
            },
            'How the passwords reach the guest.',
            kubevirt('UserPasswordAccessCredentialPropagationMethod'),
          ),
        ),
      },
      'Passwords of users of the guest.',
      kubevirt('UserPasswordAccessCredential'),
    ),
  },
  'Credentials put into the guest.',
  kubevirt('AccessCredential'),
);

export const evictionStrategies = ['LiveMigrate', 'LiveMigrateIfPossible', 'External', 'None'] as const;

export const virtualMachineInstanceSpec = object(
  {
    domain: required(domain),
    volumes: listOf(volume, 'Where the bytes of disks and file systems come from.', { maxItems: 256 }),
    networks: listOf(network, 'Networks that interfaces join.', { maxItems: 256 }),
    hostname: string('Host name of the guest. Defaults to the name of the machine.'),
    subdomain: string('With it the guest is `<hostname>.<subdomain>.<namespace>.svc.<domain>`.'),
    nodeSelector: mapOf(string(), 'Labels that the host must have.'),
    affinity,
    tolerations: listOf(toleration, 'Taints of hosts that do not keep the machine away.'),
    topologySpreadConstraints: listOf(topologySpreadConstraint, 'How machines spread over hosts.', {
      keys: ['topologyKey', 'whenUnsatisfiable'],
    }),
    schedulerName: string('Who chooses the host. Defaults to default-scheduler.'),
    priorityClassName: string('Name of the PriorityClass.'),
    architecture: string('Processor architecture: amd64, arm64 or s390x. Defaults to that of the hosts.'),
    evictionStrategy: oneOf(evictionStrategies, 'What happens when the host must be emptied.'),
    startStrategy: oneOf(['Paused'], 'Paused: the guest is held before its first instruction.'),
    terminationGracePeriodSeconds: int64('Seconds that the guest has to shut down by itself. Defaults to 30.'),
    livenessProbe: probe,
    readinessProbe: probe,
    accessCredentials: listOf(accessCredential, 'Credentials put into the guest.', { maxItems: 256 }),
    dnsPolicy: oneOf(
      ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
      'Where the guest asks for names. Defaults to ClusterFirst.',
    ),
    dnsConfig: podDnsConfig,
    serviceAccountName: string('ServiceAccount as which the machine acts.'),
    resourceClaims: listOf(
      object(
        {
          name: required(string('Name by which devices mention the claim.')),
          resourceClaimName: string('Name of a ResourceClaim.'),
          resourceClaimTemplateName: string('Name of a ResourceClaimTemplate.'),
        },
        'A claim for devices.',
        kubevirt('VirtualMachineInstanceResourceClaim'),
      ),
      'Claims for devices.',
      { keys: ['name'] },
    ),
    utilityVolumes: listOf(utilityVolume, 'Volumes for the platform.', { keys: ['name'] }),
  },
  'What the machine is to be.',
  kubevirt('VirtualMachineInstanceSpec'),
);

export const virtualMachineInstanceTemplate = object(
  { metadata: objectMeta, spec: virtualMachineInstanceSpec },
  'The instance that is made when the machine starts.',
  kubevirt('VirtualMachineInstanceTemplateSpec'),
);

export type VirtualMachineInstanceSpec = Static<typeof virtualMachineInstanceSpec>;
export type VirtualMachineInstanceTemplate = Static<typeof virtualMachineInstanceTemplate>;
export type VirtualMachineDomain = VirtualMachineInstanceSpec['domain'];
export type VirtualMachineDevices = VirtualMachineDomain['devices'];
export type VirtualMachineDisk = NonNullable<VirtualMachineDevices['disks']>[number];
export type VirtualMachineInterface = NonNullable<VirtualMachineDevices['interfaces']>[number];
export type VirtualMachineVolume = NonNullable<VirtualMachineInstanceSpec['volumes']>[number];
export type VirtualMachineNetwork = NonNullable<VirtualMachineInstanceSpec['networks']>[number];
export type VirtualMachineProbe = NonNullable<VirtualMachineInstanceSpec['livenessProbe']>;
