import { StatusFailure, type StreamRequest } from '@godwit/kinds';
import type { Operations } from '../operations/operations.ts';
import { expansionResource } from '../operations/subresources/index.ts';
import type { Exchange } from './exchange.ts';
import type { Route } from './path.ts';
import type { Query } from './query.ts';

/** KubeVirt's group for orders to machines and streams from them; every version of it is the same to us. */
export const machineGroup = 'subresources.kubevirt.io';

/** What a request to a running machine wants. */
export type MachineRequest =
  /** Needs a WebSocket or SPDY. Port-forwards of Pods name their ports later, on the connection. */
  | { readonly type: 'upgrade'; readonly request: StreamRequest | 'port-forward-pod' }
  /** Is answered with bytes until they end. */
  | { readonly type: 'download'; readonly request: StreamRequest; readonly contentType: string }
  | { readonly type: 'order'; readonly verb: 'get' | 'update' };

type ResourceRoute = Extract<Route, { type: 'resource' }>;

/** Reads a request for a stream or an order from a path and its query; undefined for every other resource. */
export function machineRequest(
  operations: Pick<Operations, 'kinds'>,
  exchange: Pick<Exchange, 'query' | 'request'>,
  route: ResourceRoute,
): MachineRequest | undefined {
  if (route.group === machineGroup && route.plural === expansionResource && exchange.request.method === 'PUT') {
    return { type: 'order', verb: 'update' };
  }
  if (route.name === undefined || route.subresource === undefined) return undefined;
  if (route.group === '' && route.plural === 'pods') return podRequest(exchange.query, route);
  if (route.group !== machineGroup) return undefined;
  if (!operations.kinds.find('kubevirt.io', 'v1', route.plural)) return undefined;
  return virtualMachineRequest(exchange, route);
}

function podRequest(query: Query, route: ResourceRoute): MachineRequest | undefined {
  switch (route.subresource) {
    case 'exec':
    case 'attach':
      return { type: 'upgrade', request: sessionRequest(query, route.subresource) };
    case 'portforward':
      return { type: 'upgrade', request: 'port-forward-pod' };
    case 'log':
      return { type: 'download', request: logRequest(query), contentType: 'text/plain' };
    default:
      return undefined;
  }
}

function virtualMachineRequest(exchange: Pick<Exchange, 'request'>, route: ResourceRoute): MachineRequest | undefined {
  const { subresource, rest } = route;
  if (subresource === 'console') return { type: 'upgrade', request: { type: 'console' } };
  if (subresource === 'vnc' && rest === 'screenshot') {
    return { type: 'download', request: { type: 'vnc-screenshot' }, contentType: 'image/png' };
  }
  if (subresource === 'vnc') return { type: 'upgrade', request: { type: 'vnc' } };
  if (subresource === 'portforward') {
    const port = Number(rest.split('/')[0]);
    return { type: 'upgrade', request: { type: 'port-forward', port: portNumber(port) } };
  }
  return { type: 'order', verb: exchange.request.method === 'GET' ? 'get' : 'update' };
}

export function portNumber(port: number): number {
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StatusFailure('BadRequest', `a port is a number from 1 to 65535`);
}

function sessionRequest(query: Query, type: 'exec' | 'attach'): StreamRequest {
  const container = query.get('container');
  const tty = query.flag('tty');
  const session = {
    ...(container && { container }),
    stdin: query.flag('stdin'),
    stdout: query.flag('stdout'),
    // A terminal has one stream of output.
    stderr: query.flag('stderr') && !tty,
    tty,
  };
  if (!session.stdin && !session.stdout && !session.stderr) {
    throw new StatusFailure('BadRequest', 'you must specify at least 1 of stdin, stdout, stderr');
  }
  if (type === 'attach') return { type, ...session };
  const command = query.all('command');
  if (command.length === 0) throw new StatusFailure('BadRequest', 'you must specify at least one command');
  return { type, ...session, command };
}

function logRequest(query: Query): StreamRequest {
  const container = query.get('container');
  const sinceTime = query.get('sinceTime');
  return {
    type: 'logs',
    ...(container && { container }),
    follow: query.flag('follow'),
    previous: query.flag('previous'),
    timestamps: query.flag('timestamps'),
    ...count(query, 'tailLines', 0),
    ...count(query, 'sinceSeconds', 1),
    ...(sinceTime && { sinceTime }),
    ...count(query, 'limitBytes', 1),
  };
}

function count(query: Query, name: 'tailLines' | 'sinceSeconds' | 'limitBytes', least: number): object {
  const text = query.get(name);
  if (!text) return {};
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return { [name]: value };
  throw new StatusFailure('BadRequest', `${name}: ${JSON.stringify(text)}: must be a whole number, ${least} or more`);
}
