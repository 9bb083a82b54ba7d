import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '@godwit/base';

/** How long to wait at most: the end of a container is no change of its log. */
const LONGEST_WAIT_MS = 500;

/** Changes of a file, or of what its name stands for. `next` resolves soon after one, or after a while. */
export interface FileChanges {
  next(): Promise<void>;
  close(): void;
}

export function fileChanges(path: string, clock: Clock, signal: AbortSignal): FileChanges {
  let changed = false;
  let wake: (() => void) | undefined;
  const tell = () => {
    changed = true;
    wake?.();
  };
  const watchers: FSWatcher[] = [];
  // The folder too: a rotated log is another file under the same name.
  for (const one of [path, dirname(path)]) {
    try {
      watchers.push(watch(one, tell).on('error', () => undefined));
    } catch {
      // Without a watch the longest wait is the rhythm.
    }
  }
  signal.addEventListener('abort', tell, { once: true });
  return {
    async next() {
      if (!changed) {
        await new Promise<void>((resolve) => {
          const timer = clock.after(LONGEST_WAIT_MS, resolve);
          wake = () => {
            timer.cancel();
            resolve();
          };
        });
      }
      changed = false;
      wake = undefined;
    },
    close() {
      for (const watcher of watchers) watcher.close();
      signal.removeEventListener('abort', tell);
    },
  };
}
