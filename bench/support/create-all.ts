import type { RawClient } from './raw-client.ts';

/** Sends `body(0)` to `body(count - 1)`, each client one after the other. Throws at the first that is not taken. */
export async function createAll(
  clients: readonly RawClient[],
  count: number,
  body: (i: number) => string,
  path: string | ((i: number) => string),
  method: 'POST' | 'PUT' = 'POST',
): Promise<void> {
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (let i = next++; i < count; i = next++) {
        const where = typeof path === 'string' ? path : path(i);
        const { status } = await client.request(method, where, body(i));
        if (status >= 300) throw new Error(`${method} ${i} of ${where}: status ${status}`);
      }
    }),
  );
}
