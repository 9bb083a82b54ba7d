import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { SystemClock, type Timer } from '@godwit/base';
import { ready, serviceEntry } from '../../conformance/index.ts';
import { loadBalancersOf, parseServersState, serverCommands } from '../../services/index.ts';
import { Haproxy } from './haproxy.ts';
import { tellHaproxy } from './haproxy-socket.ts';
import { NetworkHarness, whyNoNetwork } from './test-support/network-harness.ts';

/** Time as it is, but for cleaning up: that takes place when it is told to. */
class CleanedByHand extends SystemClock {
  clean: (() => void) | undefined;

  override after(delayMs: number, task: () => void): Timer {
    if (delayMs !== 1_000) return super.after(delayMs, task);
    this.clean = task;
    return { cancel: () => undefined };
  }
}

/** Stands before HAProxy's socket, and holds the answers of sessions back until it may give them. */
class SlowSocket {
  readonly real: string;
  readonly asked = Promise.withResolvers<void>();
  readonly gate = Promise.withResolvers<void>();
  /** Resolves once somebody has taken a server away. */
  readonly removed = Promise.withResolvers<void>();
  readonly #server: Server;

  constructor(path: string) {
    this.real = `${path}.real`;
    renameSync(path, this.real);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const relay = async () => {
        const line = await text(socket);
        const behind = connect(this.real);
        behind.end(line);
        const answer = await text(behind);
        if (line.startsWith('show stat -1 4')) {
          this.asked.resolve();
          await this.gate.promise;
        }
        if (line.includes('del server')) this.removed.resolve();
        socket.end(answer);
      };
      relay().catch(() => socket.destroy());
    }).listen(path);
  }

  close(): void {
    this.#server.close();
  }
}

describe('the load balancer by itself', { skip: whyNoNetwork() }, () => {
  const net = new NetworkHarness('haproxy');
  before(() => net.driver.start());
  after(() => net.close());

  test('a server that is wanted again while it is being looked for whom nobody wants stays', async () => {
    const clock = new CleanedByHand();
    let last: Promise<void> = Promise.resolve();
    const inTurn = (work: () => Promise<void>) => {
      last = last.catch(() => undefined).then(work);
      return last;
    };
    const haproxy = new Haproxy(net.driver.names, { ...net.world, clock }, inTurn);
    const wanted = (...hosts: number[]) => {
      const entry = serviceEntry(
        'web',
        net.vip(10),
        hosts.map((host) => ready(net.ip(host))),
      );
      const table = { services: [{ ...entry, externalIps: [net.lb(10)] }], hosts: [] };
      return loadBalancersOf(table, net.plan.uplinkInnerAddress, new Set());
    };
    const apply = (...hosts: number[]) => inTurn(() => haproxy.apply(wanted(...hosts)));
    await apply(10, 11);
    await apply(10);
    const slow = new SlowSocket(join(net.driver.names.runFolder, 'lb/haproxy.sock'));
    try {
      clock.clean?.();
      await slow.asked.promise;
      const again = apply(10, 11);
      await Promise.race([again, clock.sleep(500)]);
      slow.gate.resolve();
      await slow.removed.promise;
      await again;
      await last;
      const state = parseServersState(await tellHaproxy(slow.real, ['show servers state']));
      assert.deepEqual(serverCommands(state, wanted(10, 11)), [], 'nothing is left to be done');
    } finally {
      slow.gate.resolve();
      slow.close();
      await haproxy.stop();
    }
  });
});
