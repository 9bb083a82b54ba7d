/**
 * Manifests in every shape in which KubeVirt's own examples come, and more to each than they have. They are accepted
 * as they are, with unknown fields refused. Names say what is in them.
 */
const instancetypes = 'instancetype.kubevirt.io/v1beta1';

const cloudInit = (name: string) => `
        - name: ${name}
          cloudInitNoCloud:
            userData: |

              echo first boot`;

const container = (name: string) => `
        - name: ${name}
          containerDisk: {image: "images.shop.example:5000/demo/disk:v1"}`;

/** A machine whose guest is described by `lines`, each below `domain`. */
const machine = (name: string, more: string, domain: string, volumes: string) => `
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: ${name}
  labels: {kubevirt.io/vm: ${name}}
spec:
  runStrategy: Halted
${more}  template:
    metadata:
      labels: {kubevirt.io/vm: ${name}}
    spec:
      domain:
        resources: {}
${domain}
      terminationGracePeriodSeconds: 0
      volumes:${volumes}
`;

const instance = (name: string, domain: string, rest: string) => `
apiVersion: kubevirt.io/v1
kind: VirtualMachineInstance
metadata:
  name: ${name}
  labels: {special: ${name}}
spec:
  domain:
    resources: {}
    memory: {guest: 256Mi}
${domain}
  terminationGracePeriodSeconds: 0
${rest}
`;

const disks = (...names: string[]) =>
  `{disks: [${names.map((name) => `{name: ${name}, disk: {bus: virtio}}`).join(', ')}]}`;
const guest = (devices: string) => `        memory: {guest: 128Mi}\n        devices: ${devices}`;
const volume = (text: string) => `  volumes:\n  - ${text}`;
const boot = volume('{name: boot, containerDisk: {image: "images.shop.example/disk:v1"}}');

/** What others name comes first. */
export const machineManifests: Readonly<Record<string, string>> = {
  'an instancetype of a namespace': `
apiVersion: ${instancetypes}
kind: VirtualMachineInstancetype
metadata: {name: two}
spec: {cpu: {guest: 2}, memory: {guest: 1Gi}}
`,
  'an instancetype of the cluster': `
apiVersion: ${instancetypes}
kind: VirtualMachineClusterInstancetype
metadata: {name: one}
spec: {cpu: {guest: 1}, memory: {guest: 128Mi}}
`,
  'a preference for virtio': `
apiVersion: ${instancetypes}
kind: VirtualMachinePreference
metadata: {name: paravirtual}
spec:
  devices: {preferredDiskBus: virtio, preferredInterfaceModel: virtio}
`,
  'a preference for Windows': `
apiVersion: ${instancetypes}
kind: VirtualMachinePreference
metadata: {name: desktop}
spec:
  clock:
    preferredClockOffset: {utc: {}}
    preferredTimer: {hpet: {present: false}, hyperv: {}, pit: {tickPolicy: delay}, rtc: {tickPolicy: catchup}}
  cpu: {preferredCPUTopology: sockets}
  devices: {preferredDiskBus: sata, preferredInterfaceModel: e1000, preferredTPM: {}}
  features:
    preferredAcpi: {}
    preferredApic: {}
    preferredHyperv: {relaxed: {}, vapic: {}, spinlocks: {spinlocks: 8191}}
    preferredSmm: {}
  firmware: {preferredEfi: {secureBoot: true}}
`,
  'a priority that pushes nobody out': `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: stays}
description: Machines that are not pushed out.
preemptionPolicy: Never
value: 999999999
`,
  'a machine with cloud-init': machine(
    'plain',
    '',
    guest(disks('root', 'init')),
    container('root') + cloudInit('init'),
  ),
  'a machine that lists no disks': machine('bare', '', guest('{}'), container('root') + cloudInit('init')),
  'a machine with a priority': machine(
    'important',
    '',
    guest(disks('root')),
    `${container('root')}\n      priorityClassName: stays`,
  ),
  'a machine of a size, which it repeats': machine(
    'sized',
    '  instancetype: {kind: VirtualMachineClusterInstancetype, name: one}\n',
    guest('{disks: [{name: root, disk: {}}]}'),
    container('root'),
  ),
  'a machine of a size with a preference': machine(
    'preferring',
    `  instancetype: {kind: VirtualMachineInstancetype, name: two}
  preference: {kind: VirtualMachinePreference, name: desktop}
`,
    '        devices: {disks: [{name: root, disk: {}}, {name: init, disk: {}}]}',
    container('root') + cloudInit('init'),
  ),
  'a machine that names types to come': machine(
    'early',
    '  instancetype: {name: to-come}\n  preference: {name: to-come}\n',
    guest('{}'),
    container('root'),
  ),
  'a machine with volumes of its own': machine(
    'owner',
    `  dataVolumeTemplates:
  - metadata: {name: own-disk}
    spec:
      pvc:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 2Gi}}
        storageClassName: local
      source: {registry: {url: "docker://images.shop.example:5000/demo/disk:v1"}}
`,
    guest(disks('root')),
    '\n      - {name: root, dataVolume: {name: own-disk}}',
  ),
  'a machine on claims': machine(
    'claimed',
    '',
    guest(disks('a', 'b')),
    ['a', 'b'].map((name) => `\n      - {name: ${name}, persistentVolumeClaim: {claimName: disk-${name}}}`).join(''),
  ),
  'a machine with a hook beside it': machine('hooked', '', guest(disks('root')), container('root')).replace(
    '      labels:',
    `      annotations: {hooks.kubevirt.io/hookSidecars: '[{"args": ["--version", "v1alpha2"]}]'}\n      labels:`,
  ),
  'a preset for instances': `
apiVersion: kubevirt.io/v1
kind: VirtualMachineInstancePreset
metadata: {name: small}
spec:
  selector: {matchLabels: {preset: small}}
  domain: {devices: {}, memory: {guest: 128Mi}, resources: {}}
`,
  'instances in number': `
apiVersion: kubevirt.io/v1
kind: VirtualMachineInstanceReplicaSet
metadata: {name: flock}
spec:
  replicas: 3
  selector: {matchLabels: {flock: a}}
  template:
    metadata: {labels: {flock: a}}
    spec:
      domain: {devices: ${disks('boot')}, memory: {guest: 128Mi}, resources: {}}
      terminationGracePeriodSeconds: 0
      volumes:
      - {name: boot, containerDisk: {image: "images.shop.example/disk:v1"}}
`,
  'machines in number': `
apiVersion: pool.kubevirt.io/v1beta1
kind: VirtualMachinePool
metadata: {name: herd}
spec:
  replicas: 3
  selector: {matchLabels: {herd: a}}
  virtualMachineTemplate:
    metadata: {labels: {herd: a}}
    spec:
      runStrategy: Always
      template:
        metadata: {labels: {herd: a}}
        spec:
          domain: {devices: ${disks('boot')}, memory: {guest: 128Mi}, resources: {}}
          volumes:
          - {name: boot, containerDisk: {image: "images.shop.example/disk:v1"}}
`,
  'an instance with UEFI': instance(
    'uefi',
    `    devices: ${disks('boot')}\n    firmware: {bootloader: {efi: {secureBoot: false}}}`,
    boot,
  ),
  'an instance that starts only signed code': instance(
    'signed',
    `    devices: ${disks('boot')}
    features: {acpi: {}, smm: {enabled: true}}
    firmware: {bootloader: {efi: {secureBoot: true}}}`,
    boot,
  ),
  'an instance with a kernel of its own': instance(
    'kernel',
    `    devices: {}
    firmware:
      kernelBoot:
        container: {image: "images.shop.example/kernel:v1", kernelPath: /boot/vmlinuz, initrdPath: /boot/initrd}
        kernelArgs: console=ttyS0`,
    '',
  ),
  'an instance on a disk of the host': instance(
    'host-disk',
    `    devices: ${disks('boot')}`,
    volume('{name: boot, hostDisk: {capacity: 1Gi, path: /srv/disk.img, type: DiskOrCreate}}'),
  ),
  'an instance with an empty disk': instance(
    'empty',
    `    devices: ${disks('boot')}`,
    volume('{name: boot, emptyDisk: {capacity: 2Gi}}'),
  ),
  'an instance behind masquerade': instance(
    'masked',
    `    devices:
      rng: {}
      disks: [{name: init, disk: {bus: virtio}}]
      interfaces: [{name: outside, masquerade: {}, ports: [{name: http, port: 80, protocol: TCP}]}]`,
    `  networks: [{name: outside, pod: {}}]
  volumes:
  - name: init
    cloudInitNoCloud:
      networkData: "version: 2"
      userData: |-
        #cloud-config
        password: changeme`,
  ),
  'an instance with two networks': instance(
    'two-networks',
    '    devices: {interfaces: [{name: default, masquerade: {}}, {name: second, bridge: {}}]}',
    '  networks: [{name: default, pod: {}}, {name: second, multus: {networkName: second-network}}]',
  ),
  'an instance with processors of its own': instance(
    'dedicated',
    `    cpu: {sockets: 1, cores: 1, threads: 1, dedicatedCpuPlacement: true, isolateEmulatorThread: true}
    devices: {rng: {}}`,
    '',
  ),
  'an instance for Windows': instance(
    'windows',
    `    cpu: {cores: 2}
    clock: {utc: {}, timer: {hpet: {present: false}, hyperv: {}, pit: {tickPolicy: delay}, rtc: {tickPolicy: catchup}}}
    devices: {tpm: {}, interfaces: [{name: default, masquerade: {}, model: e1000}]}
    features: {acpi: {}, apic: {}, smm: {}, hyperv: {relaxed: {}, vapic: {}, spinlocks: {spinlocks: 8191}}}
    firmware: {uuid: 1b4e28ba-2fa1-11d2-883f-0016d3cca427, bootloader: {efi: {secureBoot: true}}}`,
    `  networks: [{name: default, pod: {}}]\n${volume('{name: boot, persistentVolumeClaim: {claimName: windows}}')}`,
  ),
  'an instance with devices of the host': instance(
    'devices',
    `    devices:
      gpus: [{name: a, deviceName: maker.example/gpu}, {name: b, claimName: claimed, requestName: gpu}]
      hostDevices: [{name: c, deviceName: maker.example/stick}]
      interfaces: [{name: default, masquerade: {}}, {name: fast, sriov: {}}]`,
    `  networks: [{name: default, pod: {}}, {name: fast, multus: {networkName: shop/fast}}]
  resourceClaims: [{name: claimed, resourceClaimTemplateName: gpu-template}]`,
  ),
};
