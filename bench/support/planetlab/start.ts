import { type Guest, type Server, serverWatts } from './model.ts';

export interface StartRules {
  /** Whether memory may be promised only once. */
  readonly memory: boolean;
}

/**
 * Where CloudSim puts guests before anything is known of them: one after the other, by their full MIPS, on the
 * server whose power rises least. That takes most servers: every policy starts by clearing them.
 */
export function placeAtStart(servers: readonly Server[], guests: readonly Guest[], rules: StartRules): Int32Array {
  const promises = new Promises(servers, rules);
  return Int32Array.from(guests, (guest, index) => {
    const server = promises.best(guest);
    if (server < 0) throw new Error(`no server takes guest ${index}`);
    promises.put(server, guest);
    return server;
  });
}

/** What servers have promised. */
class Promises {
  readonly #servers: readonly Server[];
  readonly #rules: StartRules;
  readonly #mips: Float64Array;
  readonly #memory: Float64Array;

  constructor(servers: readonly Server[], rules: StartRules) {
    this.#servers = servers;
    this.#rules = rules;
    this.#mips = new Float64Array(servers.length);
    this.#memory = new Float64Array(servers.length);
  }

  put(server: number, guest: Guest): void {
    this.#mips[server] = (this.#mips[server] as number) + guest.mips;
    this.#memory[server] = (this.#memory[server] as number) + guest.memoryMb;
  }

  /** -1 where there is none. */
  best(guest: Guest): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, server] of this.#servers.entries()) {
      const used = this.#mips[index] as number;
      if (guest.mips > server.type.mips || used + guest.mips > server.mips) continue;
      if (this.#rules.memory && (this.#memory[index] as number) + guest.memoryMb > server.type.memoryMb) continue;
      const rise = idleWatts(server, used + guest.mips) - idleWatts(server, used);
      if (rise < least) {
        least = rise;
        best = index;
      }
    }
    return best;
  }
}

/** An empty server counts as idling: that is how the experiment chooses. */
const idleWatts = (server: Server, mips: number) => Math.max(server.type.watts[0] ?? 0, serverWatts(server, mips));
