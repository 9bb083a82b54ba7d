import { serverLine } from './haproxy-config.ts';
import { againServer } from './holding.ts';
import { type Backend, backendsOf, type LoadBalancer } from './load-balancers.ts';

/** How a running HAProxy has a server: taking connections, only finishing those it has, or switched off. */
export type ServerState = 'ready' | 'draining' | 'off';

/** Servers by name, by backend, as `show servers state` tells. */
export type RunningServers = ReadonlyMap<string, ReadonlyMap<string, ServerState>>;

/** Bits of `srv_admin_state` in HAProxy's management guide, 9.3. */
const ADMIN_MAINTENANCE = 0x01 | 0x02 | 0x20;
const ADMIN_DRAIN = 0x08 | 0x10;

/** Reads the answer of `show servers state`: servers that are machines. */
export function parseServersState(text: string): Map<string, Map<string, ServerState>> {
  const backends = new Map<string, Map<string, ServerState>>();
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const [, backend, , server, , , admin] = fields;
    if (fields.length < 20 || line.startsWith('#') || !backend || !server || server === againServer) continue;
    const bits = Number(admin);
    const state = bits & ADMIN_MAINTENANCE ? 'off' : bits & ADMIN_DRAIN ? 'draining' : 'ready';
    const servers = backends.get(backend) ?? new Map<string, ServerState>();
    servers.set(server, state);
    backends.set(backend, servers);
  }
  return backends;
}

/**
 * Commands that make the servers of a running HAProxy those of `balancers`. A server that is no longer
 * wanted is drained: what it has goes on, nothing new comes.
 */
export function serverCommands(running: RunningServers, balancers: readonly LoadBalancer[]): string[] {
  return balancers.flatMap(backendsOf).flatMap((backend) => backendCommands(running.get(backend.name), backend));
}

function backendCommands(running: ReadonlyMap<string, ServerState> = new Map(), backend: Backend): string[] {
  const wanted = new Set(backend.balancer.servers.map((server) => server.name));
  const commands: string[] = [];
  for (const server of backend.balancer.servers) {
    const path = `${backend.name}/${server.name}`;
    const state = running.get(server.name);
    if (state === 'ready') continue;
    // That it is ready again is newer than what the last check of it found.
    if (state !== undefined) commands.push(`set server ${path} state ready`, `set server ${path} health up`);
    else
      commands.push(
        `add server ${backend.name}/${serverLine(backend, server)}`,
        `enable health ${path}`,
        `enable server ${path}`,
      );
  }
  // A server that drains still takes clients that stay with it; one in maintenance only ends what it has.
  const rest = backend.balancer.stickySeconds === undefined ? 'drain' : 'maint';
  for (const [name, state] of running) {
    if (!wanted.has(name) && state === 'ready') commands.push(`set server ${backend.name}/${name} state ${rest}`);
  }
  return commands;
}

/** Connections in use by server path `backend/server`, from `show stat`; queued requests count too. */
export function parseSessions(text: string): Map<string, number> {
  const sessions = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [backend, server, queued, , current] = line.split(',');
    if (!backend || !server || line.startsWith('#') || server === 'FRONTEND' || server === 'BACKEND') continue;
    sessions.set(`${backend}/${server}`, Number(queued) + Number(current));
  }
  return sessions;
}
