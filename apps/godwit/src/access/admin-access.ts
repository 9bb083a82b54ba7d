import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { codeOf, Failure } from '@godwit/base';
import { failureOfStatus, type Status } from '@godwit/kinds';
import { load } from 'js-yaml';
import { WebSocket } from 'ws';

/** The API of a running Godwit, as its admin. */
export interface AdminAccess {
  /** A JSON request. Throws `StatusFailure` for what the API refuses, `not-running` when nobody answers. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The bytes that a GET answers. */
  fetchBytes(path: string): Promise<Uint8Array>;
  /** A WebSocket with one of `protocols`. */
  open(path: string, protocols: readonly string[]): WebSocket;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<'server' | 'certificate-authority-data', string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<'client-certificate-data' | 'client-key-data', string>> }];
}

/** Access by `<state>/admin.kubeconfig`. */
export function openAdminAccess(stateFolder: string): AdminAccess {
  const file = join(stateFolder, 'admin.kubeconfig');
  const { clusters, users } = load(readKubeconfig(file, stateFolder)) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const { 'client-certificate-data': certificate, 'client-key-data': key } = users[0].user;
  const tls = { ca: decode(authority), cert: decode(certificate), key: decode(key) };
  const fetchBytes = async (method: string, path: string, body?: unknown) => {
    const { status, bytes } = await send(server, tls, method, path, body);
    if (status >= 400) throw refusal(status, bytes);
    return bytes;
  };
  return {
    call: async (method, path, body) => {
      const bytes = await fetchBytes(method, path, body);
      return (bytes.length === 0 ? undefined : JSON.parse(bytes.toString())) as never;
    },
    fetchBytes: (path) => fetchBytes('GET', path),
    open: (path, protocols) => new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, [...protocols], tls),
  };
}

function readKubeconfig(file: string, stateFolder: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'EACCES') throw new Failure('needs-root', `${file} may be read by its owner alone: run this as root`);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause;
    const message = `no Godwit has run on ${stateFolder} yet: start it with ./godwit up --state ${stateFolder}`;
    throw new Failure('not-running', message);
  }
}

const decode = (base64: string) => Buffer.from(base64, 'base64');

function refusal(status: number, bytes: Buffer): Error {
  try {
    return failureOfStatus(JSON.parse(bytes.toString()) as Status);
  } catch {
    return new Failure('bad-answer', `the API answered ${status}: ${bytes.toString().slice(0, 200)}`);
  }
}

function send(
  server: string,
  tls: { ca: Buffer; cert: Buffer; key: Buffer },
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) };
    const outgoing = request(`${server}${path}`, { ...tls, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
    });
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      const gone = cause.code === 'ECONNREFUSED';
      reject(gone ? new Failure('not-running', `nobody answers at ${server}: is Godwit up?`) : cause);
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
