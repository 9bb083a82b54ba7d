import { describeError, Failure } from '@godwit/base';

/** An autoscaler cannot wait longer. */
const TIMEOUT_MS = 2_000;
/** More than this is no number. */
const MOST_BYTES = 1 << 20;

/**
 * What an address answers. Redirects are not followed: who names an address names that one.
 * @throws Failure `metric-unreachable`
 */
export async function fetchText(url: URL, signal: AbortSignal): Promise<string> {
  // Of a time when they were not refused yet. The platform would refuse them too, and repeat them.
  if (url.username || url.password) throw new Failure('metric-refused', `${url.host}: its address holds a password`);
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { signal: until, redirect: 'error' });
    if (!response.ok) throw new Failure('metric-refused', `it answered with status ${response.status}`);
    return await readBounded(response);
  } catch (error) {
    throw new Failure('metric-unreachable', `${url.origin}: ${describeError(error)}`, { retryable: true });
  }
}

async function readBounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw new Failure('metric-too-large', `its answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
