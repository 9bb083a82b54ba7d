import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import { configMap, secret } from '@godwit/kinds';

/** Files of a small disk: names and contents. */
export type FileSet = Map<string, Uint8Array>;

/** A small disk: how it is labelled, and what is on it. */
export interface LabelledFiles {
  readonly label: string;
  readonly files: FileSet;
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Base64 (RFC 4648) to bytes. Code `bad-volume`. */
export function base64Bytes(text: string, what: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new Failure('bad-volume', `${what} is not base64`, { cause: error });
  }
}

/** All keys of a Secret. Where it does not exist: none if it may be missing, else code `missing-object`. */
export async function secretFiles(
  client: ApiClient,
  namespace: string,
  name: string,
  optional: boolean,
): Promise<FileSet> {
  const found = await client.resource(secret).find({ namespace, name });
  if (!found) return missing('secret', name, optional);
  return new Map(
    Object.entries(found.data ?? {}).map(([key, value]) => [key, base64Bytes(value, `secret ${name}: ${key}`)]),
  );
}

/** All keys of a ConfigMap, likewise. */
export async function configMapFiles(
  client: ApiClient,
  namespace: string,
  name: string,
  optional: boolean,
): Promise<FileSet> {
  const found = await client.resource(configMap).find({ namespace, name });
  if (!found) return missing('config map', name, optional);
  const files: FileSet = new Map(Object.entries(found.data ?? {}).map(([key, value]) => [key, textBytes(value)]));
  for (const [key, value] of Object.entries(found.binaryData ?? {})) {
    files.set(key, base64Bytes(value, `config map ${name}: ${key}`));
  }
  return files;
}

function missing(kind: string, name: string, optional: boolean): FileSet {
  if (optional) return new Map();
  throw new Failure('missing-object', `${kind} ${name} does not exist`, { retryable: true });
}
