import type { KubeObject } from '@godwit/kinds';

/** Objects as users write them. Small, so that many of them fit on one simulated host. */
export type Manifest = Omit<KubeObject, 'metadata'> & {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
};

const NAMESPACE = 'default';
const SMALL = { requests: { cpu: '50m', memory: '64Mi' } };

function container(image: string, version: number, memory?: string) {
  const resources = memory === undefined ? SMALL : { requests: { cpu: '50m', memory } };
  return { name: 'main', image, resources, env: [{ name: 'VERSION', value: String(version) }] };
}

export function podTemplate(app: string, image: string, version: number) {
  return {
    metadata: { labels: { app } },
    spec: { terminationGracePeriodSeconds: 6, containers: [container(image, version)] },
  };
}

export function deploymentManifest(name: string, app: string, replicas: number, image: string): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: { replicas, selector: { matchLabels: { app, of: name } }, template: template(name, app, image) },
  };
}

function template(name: string, app: string, image: string) {
  const made = podTemplate(app, image, 1);
  return { ...made, metadata: { labels: { app, of: name } } };
}

export interface PodChoices {
  readonly app: string;
  readonly image: string;
  readonly restartPolicy: string;
  readonly claim?: string;
  /** Bound by the user, not by the scheduler. */
  readonly byHand?: boolean;
}

export function podManifest(name: string, choices: PodChoices): Manifest {
  const { app, image, restartPolicy, claim, byHand } = choices;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { app } },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 4,
      containers: [container(image, 1, byHand ? '1400Mi' : undefined)],
      ...(byHand && { schedulerName: 'by-hand' }),
      ...(claim && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
    },
  };
}

export function machineManifest(name: string, app: string, runStrategy: string, claim?: string): Manifest {
  const data = claim ? [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] : [];
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      runStrategy,
      template: {
        metadata: { labels: { app } },
        spec: {
          terminationGracePeriodSeconds: 6,
          domain: {
            cpu: { cores: 1 },
            memory: { guest: '128Mi' },
            devices: {
              disks: ['root', ...data.map(() => 'data')].map((disk) => ({ name: disk, disk: { bus: 'virtio' } })),
              interfaces: [{ name: 'default', masquerade: {} }],
            },
          },
          networks: [{ name: 'default', pod: {} }],
          volumes: [{ name: 'root', containerDisk: { image: 'localhost/godwit/tiny:latest' } }, ...data],
        },
      },
    },
  };
}

export function serviceManifest(name: string, app: string, type: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: { type, selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

export function claimManifest(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: NAMESPACE },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
}
