import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '@godwit/base';
import { load } from 'js-yaml';
import type { HttpAccess } from './http-session.ts';

/** Access as a kubeconfig describes it, and the namespace that it prefers. */
export interface KubeconfigAccess extends HttpAccess {
  readonly namespace: string;
}

type Fields = Readonly<Record<string, unknown>>;

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  readonly clusters?: readonly { name: string; cluster: Fields }[];
  readonly users?: readonly { name: string; user: Fields }[];
}

/** The file that kubectl would read: the first of `KUBECONFIG`, or `~/.kube/config`. */
export function defaultKubeconfig(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const first = environment.KUBECONFIG?.split(':').find((path) => path !== '');
  return first ?? join(homedir(), '.kube', 'config');
}

/**
 * Reads a kubeconfig: certificates and keys inline or in files (relative to the kubeconfig), tokens inline or
 * in files. Throws `bad-kubeconfig` and says what is missing.
 */
export function readKubeconfig(path: string, contextName?: string): KubeconfigAccess {
  const config = parse(path);
  const wanted = contextName ?? config['current-context'];
  const context = config.contexts?.find(({ name }) => name === wanted)?.context;
  if (!context) throw bad(path, `it has no context ${wanted ?? 'set as current'}`);
  const cluster = config.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context.user)?.user ?? {};
  if (typeof cluster?.server !== 'string') throw bad(path, `the cluster ${context.cluster} has no server`);
  const pem = (fields: Fields, field: string) => content(path, fields, field, `${field}-data`, 'base64');
  const authority = pem(cluster, 'certificate-authority');
  const certificate = pem(user, 'client-certificate');
  const key = pem(user, 'client-key');
  const token = content(path, user, 'tokenFile', 'token', 'utf8')?.trim();
  return {
    server: cluster.server,
    namespace: context.namespace ?? 'default',
    ...(authority !== undefined && { authority }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(token !== undefined && { token }),
    ...(cluster['insecure-skip-tls-verify'] === true && { insecure: true }),
  };
}

function parse(path: string): Kubeconfig {
  try {
    const config: unknown = load(readFileSync(path, 'utf8'));
    if (typeof config === 'object' && config !== null) return config;
  } catch (error) {
    throw bad(path, 'it cannot be read', error);
  }
  throw bad(path, 'it is empty');
}

/** What stands inline in one field, or in the file that another one names. */
function content(
  path: string,
  fields: Fields,
  fileField: string,
  inlineField: string,
  encoding: 'base64' | 'utf8',
): string | undefined {
  const inline = fields[inlineField];
  if (typeof inline === 'string') return Buffer.from(inline, encoding).toString('utf8');
  const file = fields[fileField];
  if (typeof file !== 'string') return undefined;
  try {
    return readFileSync(resolve(dirname(path), file), 'utf8');
  } catch (error) {
    throw bad(path, `${fileField} cannot be read`, error);
  }
}

function bad(path: string, what: string, cause?: unknown): Failure {
  return new Failure('bad-kubeconfig', `${path}: ${what}`, { ...(cause !== undefined && { cause }) });
}
