/** Objects that benchmarks create, as JSON or YAML. */

/** A ConfigMap of about 300 bytes. */
export function configMap(name: string, label = 'bench'): string {
  return `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","labels":{"app":"${label}"}},"data":{"key":"${'x'.repeat(200)}"}}`;
}

/** A stopped VirtualMachine that is about 2 KB when it is listed. */
export function haltedMachine(index: number): string {
  return JSON.stringify({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: `machine-${index}`, labels: { app: 'bench' }, annotations: { note: 'x'.repeat(NOTE_LENGTH) } },
    spec: {
      runStrategy: 'Halted',
      template: {
        metadata: { labels: { app: 'bench' } },
        spec: {
          domain: {
            cpu: { cores: 2 },
            memory: { guest: '2Gi' },
            devices: {
              disks: [{ name: 'root', disk: { bus: 'virtio' } }],
              interfaces: [{ name: 'default', masquerade: {} }],
            },
          },
          networks: [{ name: 'default', pod: {} }],
          volumes: [{ name: 'root', containerDisk: { image: 'localhost/godwit/debian:latest' } }],
        },
      },
    },
  });
}

/** What makes a listed machine 2 KB together with its defaults, its status and its managed fields. */
const NOTE_LENGTH = 100;

/** A host that nobody is on, large enough for a thousand small machines. */
export function fakeHost(index: number) {
  const name = `host-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { bench: 'host', 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'amd64' } },
    status: {
      allocatable: { cpu: '128', memory: '1Ti', pods: '1000' },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

/** A VirtualMachineInstance without disks, as JSON. */
export function tinyInstance(name: string): string {
  return `{"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstance","metadata":{"name":"${name}","labels":{"app":"bench"}},"spec":{"domain":{"cpu":{"cores":1},"memory":{"guest":"128Mi"},"devices":{"interfaces":[{"name":"default","masquerade":{}}]}},"networks":[{"name":"default","pod":{}}]}}`;
}

/** A Deployment with one pod that answers at port 8080, as YAML. */
export function oneMyapp(name: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "myapp:latest", imagePullPolicy: Never}]`;
}
