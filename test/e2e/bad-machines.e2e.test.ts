/** Machines that cannot run say why, in their status and by an event, keep trying, and go at once when told to. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { IPAddress, Pod, VirtualMachine, VirtualMachineInstance } from '@godwit/kinds';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';
import { buildMyapp, buildTinyGuest } from '../support/images.ts';
import { tinyMachine } from '../support/tiny-machine.ts';

const godwit = new GodwitUnderTest();

before(async () => {
  await buildTinyGuest();
  await buildMyapp();
  await godwit.up();
  const manifests = [...brokenPods.map(podManifest), ...brokenMachines.map(machineManifest), OBJECTS];
  await godwit.apply(manifests.join('\n---\n'));
});
after(() => godwit.stop());

const OBJECTS = `
apiVersion: v1
kind: Secret
metadata: {name: wrong-keys}
stringData: {user: nobody}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: no-class}
spec: {storageClassName: nosuch, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: far-too-large}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 900Ti}}}`;

/** What is wrong with a pod, and how that is told. */
interface BrokenPod {
  readonly name: string;
  /** Fields of the only container, in YAML's flow style, and of the pod. */
  readonly container: string;
  readonly pod?: string;
  /** Why the container waits; where there is no container yet, why the pod is not scheduled. */
  readonly reason: RegExp;
  readonly event: RegExp;
}

const myapp = 'image: myapp, imagePullPolicy: IfNotPresent';
const claim = (name: string) => `volumes: [{name: v, persistentVolumeClaim: {claimName: ${name}}}]`;
const mount = `${myapp}, volumeMounts: [{name: v, mountPath: /v}]`;

const brokenPods: readonly BrokenPod[] = [
  {
    name: 'no-image',
    container: 'image: "localhost:1/nosuch:1"',
    reason: /^(ErrImagePull|ImagePullBackOff)$/,
    event: /Failed.*failed to pull image "localhost:1\/nosuch:1"/,
  },
  {
    name: 'never-pulled',
    container: 'image: "localhost/nosuch:1", imagePullPolicy: Never',
    reason: /^ErrImageNeverPull$/,
    event: /not present and the pull policy is Never/,
  },
  {
    name: 'no-image-name',
    container: 'image: "Not A Name"',
    reason: /^InvalidImageName$/,
    event: /couldn't parse image name "Not A Name"/,
  },
  {
    name: 'no-command',
    container: `${myapp}, command: [/no/such/program]`,
    reason: /^CrashLoopBackOff$/,
    event: /"\/no\/such\/program".*no such file or directory/,
  },
  {
    name: 'no-config',
    container: `${myapp}, envFrom: [{configMapRef: {name: nosuch}}]`,
    reason: /^CreateContainerConfigError$/,
    event: /configmap "nosuch" not found/,
  },
  {
    name: 'no-secret-volume',
    container: mount,
    pod: 'volumes: [{name: v, secret: {secretName: nosuch}}]',
    reason: /^ContainerCreating$/,
    event: /FailedMount.*secret "nosuch" not found/,
  },
  {
    name: 'no-claim',
    container: mount,
    pod: claim('nosuch'),
    reason: /^Unschedulable$/,
    event: /FailedScheduling.*persistentvolumeclaim "nosuch" not found/,
  },
  {
    name: 'claim-without-class',
    container: mount,
    pod: claim('no-class'),
    reason: /^Unschedulable$/,
    event: /FailedScheduling/,
  },
  {
    name: 'claim-too-large',
    container: mount,
    pod: claim('far-too-large'),
    reason: /^ContainerCreating$/,
    event: /FailedMount.*cannot be made: .*are needed/,
  },
  {
    name: 'no-memory',
    container: `${myapp}, resources: {requests: {memory: 900Gi}}`,
    reason: /^Unschedulable$/,
    event: /Insufficient memory \(needs 900 GiB, has .* free\)\. It would fit if you .*add a larger host/,
  },
];

function podManifest({ name, container, pod = '' }: BrokenPod): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{name: main, ${container}}], ${pod}}}`;
}

/** What is wrong with a virtual machine, and how that is told. */
interface BrokenMachine {
  readonly name: string;
  readonly status: RegExp;
  readonly event: RegExp;
  readonly memory?: string;
  /** Without a kernel of its own to boot. */
  readonly bare?: boolean;
  readonly volume?: string;
}

const brokenMachines: readonly BrokenMachine[] = [
  {
    name: 'vm-no-image',
    volume: 'containerDisk: {image: "localhost/nosuch:1"}',
    status: /^(ErrImagePull|ImagePullBackOff)$/,
    event: /ErrImagePull.*localhost\/nosuch:1/,
  },
  {
    name: 'vm-never-pulled',
    volume: 'containerDisk: {image: "localhost/nosuch:1", imagePullPolicy: Never}',
    status: /^(ErrImagePull|ImagePullBackOff)$/,
    event: /ErrImagePull.*may not be pulled/,
  },
  {
    name: 'vm-no-disk-in-image',
    volume: 'containerDisk: {image: "localhost/myapp:latest"}',
    status: /^Starting$/,
    event: /DiskNotFound.*must have one file in \/disk/,
  },
  {
    name: 'vm-no-claim',
    volume: 'persistentVolumeClaim: {claimName: nosuch}',
    status: /^ErrorPvcNotFound$/,
    event: /FailedPvcNotFound.*default\/nosuch does not exist/,
  },
  {
    name: 'vm-claim-too-large',
    volume: 'persistentVolumeClaim: {claimName: far-too-large}',
    status: /^Starting$/,
    event: /VolumeNotReady.*cannot be made: .*are needed/,
  },
  {
    name: 'vm-no-secret',
    volume: 'cloudInitNoCloud: {secretRef: {name: nosuch}}',
    status: /^Starting$/,
    event: /MissingObject.*secret nosuch does not exist/,
  },
  {
    name: 'vm-wrong-secret',
    volume: 'cloudInitNoCloud: {secretRef: {name: wrong-keys}}',
    status: /^Starting$/,
    event: /MissingObject.*secret wrong-keys has no key userdata/,
  },
  {
    name: 'vm-no-memory',
    memory: '900Gi',
    status: /^ErrorUnschedulable$/,
    event: /FailedScheduling.*Insufficient memory.*It would fit if you/,
  },
  {
    name: 'vm-no-boot-device',
    bare: true,
    status: /^Running$/,
    event: /NoBootDevice.*nothing to boot from/,
  },
];

function machineManifest({ name, memory = '64Mi', bare, volume }: BrokenMachine): string {
  return tinyMachine({ name, memory, kernel: !bare, volumes: volume === undefined ? {} : { d: volume } });
}

function whyItWaits({ status }: Pod): string {
  const waiting = status?.containerStatuses?.[0]?.state?.waiting?.reason;
  return waiting ?? status?.conditions?.find(({ type }) => type === 'PodScheduled')?.reason ?? '';
}

const NOTHING_WRONG: BrokenPod = {
  name: '',
  container: `${myapp}, ports: [{containerPort: 8080, hostPort: 21899}]`,
  pod: 'terminationGracePeriodSeconds: 1',
  reason: /./,
  event: /./,
};

describe('a pod', () => {
  for (const { name, reason, event } of brokenPods) {
    test(`${name} says why it does not run`, async () => {
      await waitFor(`${name} to say ${reason}`, async () => {
        const pod = await godwit.get<Pod>('pod', name);
        return pod !== undefined && reason.test(whyItWaits(pod));
      });
      await godwit.told(name, event);
    });
  }

  test('whose host port is taken waits, and runs when the port is free', async () => {
    const pod = (name: string) => podManifest({ ...NOTHING_WRONG, name });
    await godwit.apply(pod('port-1'));
    await waitFor(
      'the first to run',
      async () => (await godwit.get<Pod>('pod', 'port-1'))?.status?.phase === 'Running',
    );
    await godwit.apply(pod('port-2'));
    await godwit.told('port-2', /FailedScheduling.*host port 21899\/TCP is taken/);
    await godwit.kubectl('delete', 'pod', 'port-1', '--grace-period=1');
    await waitFor(
      'the second to run',
      async () => (await godwit.get<Pod>('pod', 'port-2'))?.status?.phase === 'Running',
    );
  });

  test('whose probes never succeed is never ready, and is started anew where it is said to be dead', async () => {
    const probe = 'tcpSocket: {port: 9}, periodSeconds: 1, failureThreshold: 2';
    await godwit.apply(
      podManifest({ ...NOTHING_WRONG, name: 'not-ready', container: `${myapp}, readinessProbe: {${probe}}` }),
    );
    const container = `${myapp}, livenessProbe: {${probe}}`;
    const pod = 'terminationGracePeriodSeconds: 1';
    await godwit.apply(podManifest({ ...NOTHING_WRONG, name: 'not-alive', container, pod }));
    await godwit.told('not-ready', /Unhealthy.*Readiness probe failed/);
    await godwit.told('not-alive', /Unhealthy.*Liveness probe failed/);
    await waitFor('a restart', async () => {
      const restarts = (await godwit.get<Pod>('pod', 'not-alive'))?.status?.containerStatuses?.[0]?.restartCount ?? 0;
      return restarts > 0;
    });
    const ready = (await godwit.get<Pod>('pod', 'not-ready'))?.status?.containerStatuses?.[0];
    assert.deepEqual([ready?.ready, ready?.restartCount], [false, 0]);
  });
});

describe('a virtual machine', () => {
  for (const { name, status, event } of brokenMachines) {
    test(`${name} says why it does not run`, async () => {
      await waitFor(`${name} to be ${status}`, async () => {
        const word = (await godwit.get<VirtualMachine>('vm', name))?.status?.printableStatus ?? '';
        return status.test(word);
      });
      await godwit.told(name, event);
    });
  }

  test('says so in a condition, too', async () => {
    for (const [name, type, reason] of [
      ['vm-no-secret', 'Synchronized', 'MissingObject'],
      ['vm-no-boot-device', 'Bootable', 'NoBootDevice'],
      ['vm-no-memory', 'PodScheduled', 'Unschedulable'],
    ] as const) {
      await waitFor(`${reason} of ${name}`, async () => {
        const conditions = (await godwit.get<VirtualMachineInstance>('vmi', name))?.status?.conditions;
        return conditions?.find((one) => one.type === type)?.reason === reason;
      });
    }
  });

  test('runs once what it lacked is there', async () => {
    await godwit.kubectl('create', 'secret', 'generic', 'nosuch', '--from-literal=userdata=#cloud-config');
    await waitFor('the machine to run', async () => {
      const machine = await godwit.get<VirtualMachine>('vm', 'vm-no-secret');
      return machine?.status?.printableStatus === 'Running';
    });
  });

  test('an image pull that goes on failing is called a back-off', async () => {
    await waitFor('the word', async () => {
      const machine = await godwit.get<VirtualMachine>('vm', 'vm-no-image');
      return machine?.status?.printableStatus === 'ImagePullBackOff';
    });
  });
});

test('a claim without a class, and one that no host can make, say so', async () => {
  await godwit.told('no-class', /ProvisioningFailed.*"nosuch" not found/);
  await godwit.told('far-too-large', /ProvisioningFailed.*cannot be made/);
});

test('all of it goes when it is deleted, and gives its addresses back', async () => {
  await godwit.kubectl('delete', 'pod,vm,pvc', '--all', '--timeout=180s');
  const left = () => godwit.kubectl('get', 'pods,vms,vmis,pvc,pv', '-o', 'name');
  await waitFor('nothing to be left', async () => (await left()) === '');
  await waitFor('no address to be left but those of services', async () => {
    const addresses = JSON.parse(await godwit.kubectl('get', 'ipaddresses', '-o', 'json')).items as IPAddress[];
    return addresses.every(({ spec }) => spec?.parentRef.resource === 'services');
  });
});
