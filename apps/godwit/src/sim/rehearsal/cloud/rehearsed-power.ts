import { Failure } from '@godwit/base';
import type { PowerDriver } from '@godwit/controllers';
import type { Fleet } from './fleet.ts';

/** Switches rehearsed hosts. They come up after as long as the policy says that hosts take. */
export class RehearsedPower implements PowerDriver {
  readonly #fleet: Fleet;
  readonly #wakeMs: number;
  /** How often hosts were switched. */
  readonly switched = { on: 0, off: 0 };

  constructor(fleet: Fleet, wakeMs: number) {
    this.#fleet = fleet;
    this.#wakeMs = wakeMs;
  }

  /** A host without power cannot be switched on: nobody can count on it. */
  async state(name: string): Promise<'on' | 'off' | 'unknown'> {
    const host = this.#fleet.hosts.get(name);
    if (!host?.powered) return 'unknown';
    return host.on ? 'on' : 'off';
  }

  async sleep(name: string): Promise<void> {
    const host = this.#fleet.hosts.get(name);
    if (!host?.powered) throw new Failure('no-power', `${name} has no power`);
    if (host.sleep) return;
    this.switched.off++;
    await this.#fleet.putToSleep(host);
  }

  async wake(name: string): Promise<void> {
    const host = this.#fleet.hosts.get(name);
    if (!host?.powered) throw new Failure('no-power', `${name} has no power`);
    if (host.sleep !== 'asleep') return;
    this.switched.on++;
    this.#fleet.wake(host, this.#wakeMs);
  }
}
