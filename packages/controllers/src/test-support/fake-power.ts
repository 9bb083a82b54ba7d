import type { PowerDriver } from '../balance/drivers.ts';

/** Power of simulated hosts: what was told is so at once, and whoever keeps their Nodes hears of it. */
export class FakePower implements PowerDriver {
  readonly #off = new Set<string>();
  readonly #onChange: (host: string, state: 'on' | 'off') => Promise<void>;

  constructor(onChange: (host: string, state: 'on' | 'off') => Promise<void>) {
    this.#onChange = onChange;
  }

  async state(host: string): Promise<'on' | 'off'> {
    return this.#off.has(host) ? 'off' : 'on';
  }

  async wake(host: string): Promise<void> {
    if (this.#off.delete(host)) await this.#onChange(host, 'on');
  }

  async sleep(host: string): Promise<void> {
    if (this.#off.has(host)) return;
    this.#off.add(host);
    await this.#onChange(host, 'off');
  }
}
