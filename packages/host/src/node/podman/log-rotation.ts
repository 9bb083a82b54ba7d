import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, hasCode, type Timer, type World } from '@godwit/base';

const CHECK_MS = 10_000;
/** Kubernetes' own size; one older file is kept beside. */
const MOST_BYTES = 10 * 2 ** 20;
/** Tells conmon to open its log anew: its control message `2`, with two numbers that do not count. */
const REOPEN = '2 0 0\n';

/** Keeps the output of running containers from filling the disk: beyond a size the file is moved to `.1`. */
export class LogRotation {
  readonly #graphRoot: string;
  readonly #world: World;
  readonly #paths = new Map<string, string>();
  #timer: Timer | undefined;

  constructor(graphRoot: string, world: World) {
    this.#graphRoot = graphRoot;
    this.#world = world;
  }

  follow(id: string, path: string): void {
    this.#paths.set(id, path);
    this.#timer ??= this.#world.clock.after(CHECK_MS, () => void this.#check());
  }

  forget(id: string): void {
    this.#paths.delete(id);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#paths.clear();
  }

  /** Looks at all logs now; the timer does so regularly. */
  async #check(): Promise<void> {
    for (const [id, path] of this.#paths) {
      try {
        if ((await stat(path)).size > MOST_BYTES) await this.rotate(id, path);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) continue;
        this.#world.log.warn('cannot rotate the log of a container', { id, error: describeError(error) });
      }
    }
    this.#timer = this.#paths.size === 0 ? undefined : this.#world.clock.after(CHECK_MS, () => void this.#check());
  }

  /** Moves the log aside and has conmon begin a new one. */
  async rotate(id: string, path: string): Promise<void> {
    const control = await open(join(this.#graphRoot, 'overlay-containers', id, 'userdata', 'ctl'), 'r+');
    try {
      await rename(path, `${path}.1`);
      await control.write(REOPEN);
    } finally {
      await control.close();
    }
  }
}
