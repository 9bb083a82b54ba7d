import { fingerprint } from './fingerprint.ts';
import { holdingRules, holdingScriptName } from './holding.ts';
import { type Backend, type BalancedServer, backendsOf, type LoadBalancer } from './load-balancers.ts';

export interface HaproxySettings {
  /** Folder for its sockets. */
  readonly folder: string;
  /** User and group that the workers run as. */
  readonly user: string;
  readonly threads: number;
}

/**
 * The whole configuration with the servers as they are now. What cannot change without a reload is told by
 * a fingerprint that HAProxy gives back as its description (`show info`), so that a restarted program knows
 * what an earlier one has loaded.
 */
export function renderHaproxyConfig(balancers: readonly LoadBalancer[], settings: HaproxySettings): string {
  return render(balancers, settings, structureOf(balancers, settings), true);
}

export function structureOf(balancers: readonly LoadBalancer[], settings: HaproxySettings): string {
  return fingerprint(render(balancers, settings, '', false));
}

function render(
  balancers: readonly LoadBalancer[],
  settings: HaproxySettings,
  structure: string,
  withServers: boolean,
): string {
  return [
    ...globals(
      settings,
      structure,
      balancers.some(({ holds }) => holds),
    ),
    ...balancers.flatMap(frontend),
    ...balancers.flatMap(backendsOf).flatMap((backend) => renderBackend(backend, withServers)),
    '',
  ].join('\n');
}

function globals({ folder, user, threads }: HaproxySettings, structure: string, holds: boolean): string[] {
  return [
    'global',
    `  description ${structure}`,
    `  user ${user}`,
    `  stats socket ${folder}/haproxy.sock mode 600 level admin expose-fd listeners`,
    '  stats timeout 1h',
    `  nbthread ${threads}`,
    '  fd-hard-limit 40000',
    '  hard-stop-after 24h',
    ...(holds ? [`  lua-load-per-thread ${folder}/${holdingScriptName}`] : []),
    'defaults',
    '  timeout connect 2s',
    '  timeout check 5s',
    '  timeout http-request 15s',
    '  timeout http-keep-alive 75s',
    '  timeout client 1h',
    '  timeout client-fin 1h',
    '  timeout server 1h',
    '  timeout server-fin 1h',
    '  timeout queue 10s',
    '  timeout tunnel 24h',
    '  option clitcpka',
    '  option srvtcpka',
    '  option dontlognull',
    // A reload tells clients that keep connections by their last answer, instead of closing under their hands.
    '  option idle-close-on-response',
  ];
}

function frontend(balancer: LoadBalancer): string[] {
  const lines = [
    `frontend ${balancer.name}`,
    `  mode ${balancer.speech === 'http' || balancer.speech === 'http2' ? 'http' : 'tcp'}`,
    ...balancer.binds.map((bind) => `  bind ${bind}`),
    ...sourceRule(balancer),
  ];
  const [first, second] = backendsOf(balancer);
  if (!second) return [...lines, `  default_backend ${first?.name}`];
  // HTTP/2 without TLS is passed on as bytes: the server may speak gRPC, which must not become HTTP/1.1.
  return [
    ...lines,
    '  tcp-request inspect-delay 300ms',
    '  tcp-request content set-var(sess.http) bool(true) if HTTP !{ req.payload(0,3) -m str PRI }',
    '  tcp-request content switch-mode http if { var(sess.http) -m bool }',
    '  tcp-request content accept if { req.len gt 7 } or WAIT_END',
    `  use_backend ${first?.name} if { var(sess.http) -m bool }`,
    `  default_backend ${second.name}`,
  ];
}

function sourceRule({ sourceRanges, externalIps }: LoadBalancer): string[] {
  if (sourceRanges.length === 0) return [];
  return [`  tcp-request connection reject if { dst ${externalIps.join(' ')} } !{ src ${sourceRanges.join(' ')} }`];
}

/**
 * A request that may be repeated without harm (RFC 9110, 9.2.2) and got no byte of an answer is sent to
 * another server; one that may not be is repeated only when no connection came about.
 */
const RETRIES = [
  '  option redispatch 1',
  '  retries 4',
  '  retry-on conn-failure empty-response',
  '  http-request disable-l7-retry unless { method GET HEAD OPTIONS TRACE PUT DELETE }',
  '  option forwardfor',
];

function renderBackend(backend: Backend, withServers: boolean): string[] {
  const { balancer, mode } = backend;
  return [
    `backend ${backend.name}`,
    `  mode ${mode}`,
    // Where clients stay, a table remembers them; the hash finds most again when a reload has emptied it.
    ...(balancer.stickySeconds === undefined
      ? ['  balance roundrobin']
      : ['  balance source', '  hash-type consistent']),
    ...(balancer.holds ? holdingRules(backend) : []),
    ...(mode === 'http' ? RETRIES : ['  option redispatch 1', '  retries 4']),
    ...(balancer.stickySeconds === undefined
      ? []
      : [`  stick-table type ip size 100k expire ${balancer.stickySeconds}s`, '  stick on src']),
    ...(withServers ? balancer.servers.map((server) => `  server ${serverLine(backend, server)}`) : []),
  ];
}

/** Also what follows `add server <backend>/`. */
export function serverLine(backend: Pick<Backend, 'http2'>, server: BalancedServer): string {
  const proto = backend.http2 ? ' proto h2' : '';
  return `${server.name} ${server.address}:${server.port}${proto} check inter 5s fastinter 1s downinter 1s fall 3 rise 1`;
}
