import { boolean, int64, listOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';

const seLinuxOptions = object(
  {
    user: string('SELinux user.'),
    role: string('SELinux role.'),
    type: string('SELinux type.'),
    level: string('SELinux level.'),
  },
  'SELinux label.',
  coreName('SELinuxOptions'),
);

const windowsOptions = object(
  {
    gmsaCredentialSpecName: string('Name of the GMSA credential spec.'),
    gmsaCredentialSpec: string('The GMSA credential spec itself.'),
    runAsUserName: string('Windows user.'),
    hostProcess: boolean('Runs as a host process.'),
  },
  'Windows options; accepted, without effect.',
  coreName('WindowsSecurityContextOptions'),
);

const profile = (what: string, name: string) =>
  object(
    {
      type: required(oneOf(['Localhost', 'RuntimeDefault', 'Unconfined'], 'Where the profile comes from.')),
      localhostProfile: string('File or profile on the node, for Localhost.'),
    },
    `${what} profile.`,
    coreName(name),
  );
const seccompProfile = profile('Seccomp', 'SeccompProfile');
const appArmorProfile = profile('AppArmor', 'AppArmorProfile');

export const securityContext = object(
  {
    capabilities: object(
      {
        add: listOf(string(), 'Capabilities added, such as NET_ADMIN.'),
        drop: listOf(string(), 'Capabilities taken away; ALL for all.'),
      },
      'Linux capabilities.',
      coreName('Capabilities'),
    ),
    privileged: boolean('Runs with every right that the host has.'),
    seLinuxOptions,
    windowsOptions,
    runAsUser: int64('User id of the first process.'),
    runAsGroup: int64('Group id of the first process.'),
    runAsNonRoot: boolean('Refuses to start as user 0.'),
    readOnlyRootFilesystem: boolean('The root file system cannot be written.'),
    allowPrivilegeEscalation: boolean('Whether a process may gain more rights than its parent.'),
    procMount: oneOf(['Default', 'Unmasked'], 'How /proc is mounted.'),
    seccompProfile,
    appArmorProfile,
  },
  'Rights of one container; wins over those of the pod.',
  coreName('SecurityContext'),
);
export type SecurityContext = Static<typeof securityContext>;

export const podSecurityContext = object(
  {
    seLinuxOptions,
    windowsOptions,
    runAsUser: int64('User id of the first process of every container.'),
    runAsGroup: int64('Group id of the first process of every container.'),
    runAsNonRoot: boolean('Refuses to start a container as user 0.'),
    supplementalGroups: listOf(int64(), 'More groups of the first process.'),
    supplementalGroupsPolicy: oneOf(['Merge', 'Strict'], 'Whether groups of the image count too.'),
    fsGroup: int64('Group that owns the volumes.'),
    fsGroupChangePolicy: oneOf(['Always', 'OnRootMismatch'], 'When volume ownership is changed.'),
    sysctls: listOf(
      object(
        { name: required(string('Name of the setting.')), value: required(string('Its value.')) },
        'One kernel setting.',
        coreName('Sysctl'),
      ),
      'Kernel settings of the pod namespaces.',
    ),
    seccompProfile,
    appArmorProfile,
    seLinuxChangePolicy: oneOf(['MountOption', 'Recursive'], 'How SELinux labels of volumes are set.'),
  },
  'Rights of all containers of the pod.',
  coreName('PodSecurityContext'),
);
export type PodSecurityContext = Static<typeof podSecurityContext>;
