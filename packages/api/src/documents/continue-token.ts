import { StatusFailure } from '@godwit/kinds';

/** Where the next page of a list begins: after `after`, as things stood at `revision`. */
export interface ContinueToken {
  readonly revision: number;
  readonly after: string;
}

const VERSION = 'godwit.dev/v1';

/** Opaque to clients: base64url of JSON. */
export function writeContinueToken(token: ContinueToken): string {
  const text = JSON.stringify([VERSION, token.revision, token.after]);
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Throws `BadRequest` for anything that `writeContinueToken` did not make for keys under `prefix`. */
export function readContinueToken(text: string, prefix: string): ContinueToken {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const parsed: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))));
    if (Array.isArray(parsed) && parsed[0] === VERSION) {
      const [, revision, after] = parsed;
      if (Number.isSafeInteger(revision) && revision > 0 && typeof after === 'string' && after.startsWith(prefix)) {
        return { revision, after };
      }
    }
  } catch {
    // Falls through: whatever is wrong with it, it is not ours.
  }
  throw new StatusFailure('BadRequest', 'continue key is not valid: it belongs to another list or was altered');
}
