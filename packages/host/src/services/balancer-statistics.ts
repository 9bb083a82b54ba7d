import type { BalancerReading } from '../metrics/index.ts';
import { againServer } from './holding.ts';

/** Fields of `show stat` that are read, by the names in HAProxy's management guide, 9.1. */
const names = [
  'pxname',
  'svname',
  'qcur',
  'scur',
  'stot',
  'hrsp_5xx',
  'qtime',
  'ctime',
  'rtime',
  'act',
  'mode',
  'req_tot',
] as const;
type Field = (typeof names)[number];

/**
 * Reads the answer of `show stat -1 2 -1` (all backends) or `show stat -1 6 -1` (and their servers, without which
 * it is not seen what is held): one reading a service. A backend's name is `namespace:service:port:mode`.
 */
export function parseBalancerReadings(text: string): BalancerReading[] {
  const rows = readRows(text);
  const services = new Map<string, BalancerReading>();
  const holding = new Set(rows.flatMap(({ backend, server }) => (server === againServer ? [backend] : [])));
  const atServers = new Map<string, number>();
  for (const { backend, server, read } of rows) {
    if (server !== 'BACKEND') atServers.set(backend, (atServers.get(backend) ?? 0) + read('scur'));
  }
  for (const { backend, server, isHttp, read } of rows) {
    const [namespace, name] = backend.split(':');
    if (server !== 'BACKEND' || !namespace || !name) continue;
    const requests = isHttp ? read('req_tot') : read('stot');
    const latencyMs = read('qtime') + read('ctime') + (isHttp ? read('rtime') : 0);
    const reading: BalancerReading = {
      namespace,
      name,
      requests,
      errors: read('hrsp_5xx'),
      queued: read('qcur') + (holding.has(backend) ? held(read, atServers.get(backend)) : 0),
      connections: read('scur'),
      ...(requests > 0 && { latencySeconds: latencyMs / 1000 }),
    };
    const key = `${namespace}/${name}`;
    const other = services.get(key);
    services.set(key, other ? together(other, reading) : reading);
  }
  return [...services.values()];
}

interface Row {
  readonly backend: string;
  readonly server: string;
  readonly isHttp: boolean;
  readonly read: (name: Field) => number;
}

function readRows(text: string): readonly Row[] {
  const [header = '', ...lines] = text.split('\n');
  const columns = header.replace(/^# /, '').split(',');
  const at = Object.fromEntries(names.map((name) => [name, columns.indexOf(name)])) as Record<Field, number>;
  return lines.map((line) => {
    const fields = line.split(',');
    return {
      backend: fields[at.pxname] ?? '',
      server: fields[at.svname] ?? '',
      isHttp: fields[at.mode] === 'http',
      read: (name) => Number(fields[at[name]] || 0),
    };
  });
}

/**
 * Requests that are held because the backend has no server but `againServer`: its sessions that are at none, since
 * servers that drain finish theirs.
 */
function held(read: Row['read'], atServers = 0): number {
  return read('act') === 0 ? Math.max(0, read('scur') - atServers) : 0;
}

/** Two backends of one service. Latencies are weighed by how much each has served. */
function together(a: BalancerReading, b: BalancerReading): BalancerReading {
  const requests = a.requests + b.requests;
  const latency = (a.latencySeconds ?? 0) * a.requests + (b.latencySeconds ?? 0) * b.requests;
  return {
    namespace: a.namespace,
    name: a.name,
    requests,
    errors: a.errors + b.errors,
    queued: a.queued + b.queued,
    connections: a.connections + b.connections,
    ...(requests > 0 && { latencySeconds: latency / requests }),
  };
}
