import type { Backend } from './load-balancers.ts';

/** How long a request waits for a machine at most: as long as a virtual machine may take to start, and longer. */
const LONGEST_MS = 120_000;
/** How often it is looked whether there is one. */
const LOOK_MS = 20;

/** File name of `holdingScript`, in HAProxy's folder. */
export const holdingScriptName = 'hold.lua';

/** In each backend that holds requests one server is the load balancer itself, as others reach it: never one to choose. */
export const againServer = 'again';

/**
 * Holds a request until its backend has a server. HAProxy queues requests only for servers that it has and refuses them
 * while it has none; an action of its own may wait, and costs nothing but a timer. It counts servers by the statistics:
 * `nbsrv` says 0 in a worker that only finishes what it has after a reload. Such a worker hears of no more servers,
 * so that what it holds begins again at the worker that took its place.
 */
export const holdingScript = `-- Holds a request until the backend that is named has a server, and then lets it go.
core.register_action('hold', { 'tcp-req', 'http-req' }, function(transaction, backend)
  local left = ${LONGEST_MS}
  while left > 0 and core.backends[backend]:get_stats().act == 0 do
    if transaction.f:stopping() ~= 0 then
      transaction:set_var('txn.again', true)
      return
    end
    core.msleep(${LOOK_MS})
    left = left - ${LOOK_MS}
  end
end, 1)
`;

/** Lines of a backend whose requests wait while it has no server. */
export function holdingRules({ name, mode, balancer }: Pick<Backend, 'name' | 'mode' | 'balancer'>): readonly string[] {
  const asleep = '{ nbsrv eq 0 }';
  const hold =
    mode === 'http'
      ? [`  http-request lua.hold ${name} if ${asleep}`]
      : [`  tcp-request inspect-delay ${LONGEST_MS}ms`, `  tcp-request content lua.hold ${name} if ${asleep}`];
  // Of no weight: nobody comes to it but who is sent.
  const again = `  server ${againServer} ${balancer.binds.at(-1)} weight 0`;
  return [...hold, `  use-server ${againServer} if { var(txn.again) -m bool }`, again];
}
