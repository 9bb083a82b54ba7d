import type { BalancerReading } from '../metrics/index.ts';

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
  'mode',
  'req_tot',
] as const;
type Field = (typeof names)[number];

/**
 * Reads the answer of `show stat -1 2 -1` (all backends): one reading a service. A backend's name is
 * `namespace:service:port:mode`.
 */
export function parseBalancerReadings(text: string): BalancerReading[] {
  const [header = '', ...lines] = text.split('\n');
  const columns = header.replace(/^# /, '').split(',');
  const at = Object.fromEntries(names.map((name) => [name, columns.indexOf(name)])) as Record<Field, number>;
  const services = new Map<string, BalancerReading>();
  for (const line of lines) {
    const fields = line.split(',');
    const read = (name: Field): number => Number(fields[at[name]] || 0);
    const [namespace, name] = fields[at.pxname]?.split(':') ?? [];
    if (fields[at.svname] !== 'BACKEND' || !namespace || !name) continue;
    const isHttp = fields[at.mode] === 'http';
    const requests = isHttp ? read('req_tot') : read('stot');
    const latencyMs = read('qtime') + read('ctime') + (isHttp ? read('rtime') : 0);
    const reading: BalancerReading = {
      namespace,
      name,
      requests,
      errors: read('hrsp_5xx'),
      queued: read('qcur'),
      connections: read('scur'),
      ...(requests > 0 && { latencySeconds: latencyMs / 1000 }),
    };
    const key = `${namespace}/${name}`;
    const other = services.get(key);
    services.set(key, other ? together(other, reading) : reading);
  }
  return [...services.values()];
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
