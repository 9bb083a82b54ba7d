import { inNamespace, run } from './command.ts';

/** One TCP connection that the data plane has translated or forwarded. */
export interface TrackedConnection {
  readonly state: string;
  readonly source: string;
  /** Where the client meant to go: a service's address, or the machine's own. */
  readonly destination: string;
  /** Who answers: the machine. */
  readonly answeredBy: string;
}

/** Reads what `conntrack -L` prints for TCP. */
export function parseConnections(text: string): TrackedConnection[] {
  return text.split('\n').flatMap((line) => {
    const match = /^tcp\s+6\s+(?:\d+ )?(\w+) src=(\S+) dst=(\S+) .*? src=(\S+) dst=/.exec(line);
    if (!match) return [];
    const [, state = '', source = '', destination = '', answeredBy = ''] = match;
    return [{ state, source, destination, answeredBy }];
  });
}

const OPEN = new Set(['SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT']);

/**
 * Open TCP connections to an address.
 * @param notCounted clients whose direct connections do not count: this host's probes, and the load
 *   balancer, which keeps its own count and idle connections
 */
export function openConnections(
  connections: readonly TrackedConnection[],
  address: string,
  notCounted: ReadonlySet<string>,
): number {
  return connections.filter(
    ({ state, source, destination, answeredBy }) =>
      answeredBy === address && OPEN.has(state) && !(destination === address && notCounted.has(source)),
  ).length;
}

export async function readConnections(namespace: string): Promise<TrackedConnection[]> {
  return parseConnections(await run([...inNamespace(namespace), 'conntrack', '-L', '-p', 'tcp']));
}

/** Forgets flows to UDP endpoints that are gone, so that their clients' next packets go elsewhere. */
export async function forgetUdp(namespace: string, endpoints: readonly string[]): Promise<void> {
  if (endpoints.length === 0) return;
  const lines = endpoints.map((endpoint) => {
    const [address, port] = endpoint.split(':');
    return `conntrack -D -p udp -r ${address} --reply-port-src ${port} >/dev/null 2>&1 || true\n`;
  });
  await run([...inNamespace(namespace), 'sh'], { input: lines.join('') });
}
