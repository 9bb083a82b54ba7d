import { Failure } from '@godwit/base';
import type { VolumeDriver } from '../volume-driver.ts';

/** The volumes of one simulated host: names and sizes, within the host's space. They outlive the program. */
export class FakeVolumes implements VolumeDriver {
  readonly #volumes = new Map<string, number>();
  readonly #capacityBytes: number;

  constructor(capacityBytes = Number.POSITIVE_INFINITY) {
    this.#capacityBytes = capacityBytes;
  }

  /** Volumes as they really are, for invariants. */
  actual(): readonly string[] {
    return [...this.#volumes.keys()];
  }

  has(name: string): boolean {
    return this.#volumes.has(name);
  }

  async provision({ name, sizeBytes }: { readonly name: string; readonly sizeBytes: number }): Promise<void> {
    if (this.#volumes.has(name)) return;
    const used = [...this.#volumes.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (used + sizeBytes > this.#capacityBytes) throw new Failure('no-space', `no room for ${sizeBytes} bytes`);
    this.#volumes.set(name, sizeBytes);
  }

  async remove(name: string): Promise<void> {
    this.#volumes.delete(name);
  }

  folder(name: string): string {
    return `/volumes/${name}`;
  }
}
