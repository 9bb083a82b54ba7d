import type { KubectlSession } from '../../conformance/support/kubectl-session.ts';

/** The cloud that all versions of kubectl share, as one of them is told of it. */
export interface CloudOfTest {
  readonly kubeconfig: string;
  /** For files of this kubectl. */
  readonly folder: string;
  /** An image with a shell in it, whose command says `started` and goes on. */
  readonly shellImage: string;
  /** Name of the only host. */
  readonly node: string;
}

/** One group of commands; asserts on what they print. Later steps build on earlier ones. */
export type Step = (session: KubectlSession, cloud: CloudOfTest) => Promise<void>;

export interface Thing {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** A manifest as JSON, which kubectl reads as YAML. */
export const configMap = (name: string, data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

/** A pod whose containers run shell commands. */
export function shellPod(
  name: string,
  image: string,
  commands: Readonly<Record<string, string>>,
  more: object = {},
): string {
  const containers = Object.entries(commands).map(([container, command]) => ({
    name: container,
    image,
    imagePullPolicy: 'Never',
    command: ['sh', '-c', command],
  }));
  const spec = { containers, terminationGracePeriodSeconds: 1, ...more };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec });
}
