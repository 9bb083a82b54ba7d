import type { RawClient } from './raw-client.ts';

/** Looks in a row, 100 ms apart, that must agree. */
const CALM_LOOKS = 15;

/**
 * Resolves when the cloud has nothing left to do: no controller has anything queued and the store stands
 * still. Asks for that state and not for quick answers, which a busy machine may never give.
 */
export async function settled(client: RawClient): Promise<void> {
  let last = '';
  for (let calm = 0; calm < CALM_LOOKS; ) {
    const { text } = await client.request('GET', '/metrics', undefined, { keepText: true });
    const queued = [...text.matchAll(/^godwit_controller_queue_depth\{.*\} (\d+)$/gm)].some(
      ([, depth]) => depth !== '0',
    );
    const revision = revisionIn(text);
    calm = !queued && revision === last ? calm + 1 : 0;
    last = revision;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The newest revision of the store. */
export async function storeRevision(client: RawClient): Promise<number> {
  const { text } = await client.request('GET', '/metrics', undefined, { keepText: true });
  return Number(revisionIn(text));
}

function revisionIn(metrics: string): string {
  return /^godwit_store_revision (\d+)$/m.exec(metrics)?.[1] ?? '';
}
