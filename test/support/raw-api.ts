import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Status } from '@godwit/kinds';
import { load } from 'js-yaml';

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<'server' | 'certificate-authority-data', string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<'client-certificate-data' | 'client-key-data', string>> }];
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** One request exactly as given: what kubectl would put right, or refuse, before it asks. */
export function sendRaw(
  kubeconfig: string,
  path: string,
  options: { method?: string; contentType?: string; body?: string; token?: string } = {},
): Promise<RawAnswer> {
  const { clusters, users } = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const { 'client-certificate-data': certificate, 'client-key-data': key } = users[0].user;
  const { method = 'GET', contentType = 'application/json', body, token } = options;
  const asAdmin = { cert: Buffer.from(certificate, 'base64'), key: Buffer.from(key, 'base64') };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${server}${path}`,
      {
        method,
        ca: Buffer.from(authority, 'base64'),
        ...(token === undefined && asAdmin),
        headers: { 'content-type': contentType, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The same, for a request that is to be refused: what the API says of it. */
export async function refusalOf(...args: Parameters<typeof sendRaw>): Promise<Status> {
  return JSON.parse((await sendRaw(...args)).text) as Status;
}
