import { Failure } from '@godwit/base';
import type { DownwardFile, KeyToPath, Pod, Stored, Volume, VolumeProjection } from '@godwit/kinds';
import type { ConfigurationSource } from './configuration.ts';
import { planOf } from './container-plan.ts';
import { fieldValue, resourceValue } from './field-value.ts';
import type { HostFacts } from './host-facts.ts';

/** A file of a volume made from configuration. */
export interface VolumeFile {
  /** Relative, without `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

export interface VolumeContent {
  readonly files: readonly VolumeFile[];
  /** When the content must be made anew (tokens), in milliseconds since the epoch. */
  readonly renewAtMs?: number;
}

interface Sources {
  readonly pod: Stored<Pod>;
  readonly source: ConfigurationSource;
  readonly host: HostFacts;
  readonly nowMs: number;
}

const DEFAULT_MODE = 0o644;
const DEFAULT_TOKEN_SECONDS = 3_600;
/** A token is renewed when this part of its life has passed; Kubernetes' number. */
const RENEW_SHARE = 0.8;

/** Whether a volume is made of files from the API. */
export function isConfigurationVolume(volume: Volume): boolean {
  return [volume.configMap, volume.secret, volume.downwardAPI, volume.projected].some((one) => one !== undefined);
}

/**
 * The files of a ConfigMap, Secret, downward or projected volume.
 * @throws Failure `volume-source-missing` when something that is not optional is not there
 */
export async function volumeContent(volume: Volume, sources: Sources): Promise<VolumeContent> {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) {
    const files = await configMapFiles(sources, configMap, configMap.defaultMode ?? DEFAULT_MODE);
    return { files };
  }
  if (secret) {
    const { secretName, ...rest } = secret;
    const named = { ...rest, ...(secretName !== undefined && { name: secretName }) };
    return { files: await secretFiles(sources, named, secret.defaultMode ?? DEFAULT_MODE) };
  }
  if (downwardAPI) {
    return { files: downwardFiles(sources, downwardAPI.items ?? [], downwardAPI.defaultMode ?? DEFAULT_MODE) };
  }
  const mode = projected?.defaultMode ?? DEFAULT_MODE;
  const parts = await Promise.all((projected?.sources ?? []).map((part) => projectedContent(sources, part, mode)));
  const renewals = parts.flatMap(({ renewAtMs }) => (renewAtMs === undefined ? [] : [renewAtMs]));
  return {
    files: parts.flatMap(({ files }) => files),
    ...(renewals.length > 0 && { renewAtMs: Math.min(...renewals) }),
  };
}

interface NamedSource {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

async function configMapFiles(sources: Sources, from: NamedSource, mode: number): Promise<readonly VolumeFile[]> {
  const name = from.name ?? '';
  const found = await sources.source.configMap(sources.pod.metadata.namespace ?? '', name);
  if (!found && !from.optional) throw notFound('configmap', name);
  const entries = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) entries.set(key, new TextEncoder().encode(text));
  for (const [key, base64] of Object.entries(found?.binaryData ?? {})) entries.set(key, bytesOfBase64(base64));
  return chosen('configmap', name, entries, from, mode);
}

async function secretFiles(sources: Sources, from: NamedSource, mode: number): Promise<readonly VolumeFile[]> {
  const name = from.name ?? '';
  const found = await sources.source.secret(sources.pod.metadata.namespace ?? '', name);
  if (!found && !from.optional) throw notFound('secret', name);
  const entries = Object.entries(found?.data ?? {}).map(([key, base64]) => [key, bytesOfBase64(base64)] as const);
  return chosen('secret', name, new Map(entries), from, mode);
}

/** All keys, or those that are asked for under the paths that are asked for. */
function chosen(
  kind: string,
  name: string,
  entries: ReadonlyMap<string, Uint8Array>,
  from: NamedSource,
  mode: number,
): readonly VolumeFile[] {
  if (from.items === undefined) return [...entries].map(([path, bytes]) => ({ path, bytes, mode }));
  return from.items.flatMap((item) => {
    const bytes = entries.get(item.key);
    if (bytes) return [{ path: checkedPath(item.path), bytes, mode: item.mode ?? mode }];
    if (from.optional) return [];
    throw new Failure('volume-source-missing', `references non-existent key ${item.key} of ${kind} "${name}"`, {
      retryable: true,
    });
  });
}

function downwardFiles(sources: Sources, items: readonly DownwardFile[], mode: number): readonly VolumeFile[] {
  return items.map((item) => ({
    path: checkedPath(item.path),
    bytes: new TextEncoder().encode(downwardText(sources, item)),
    mode: item.mode ?? mode,
  }));
}

function downwardText({ pod, host }: Sources, { fieldRef, resourceFieldRef }: DownwardFile): string {
  if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, host);
  const container = planOf(pod).find(({ name }) => name === resourceFieldRef?.containerName)?.spec;
  if (!container || !resourceFieldRef) return '';
  return resourceValue(container, resourceFieldRef.resource, resourceFieldRef.divisor, host);
}

async function projectedContent(sources: Sources, part: VolumeProjection, mode: number): Promise<VolumeContent> {
  if (part.configMap) return { files: await configMapFiles(sources, part.configMap, mode) };
  if (part.secret) return { files: await secretFiles(sources, part.secret, mode) };
  if (part.downwardAPI) return { files: downwardFiles(sources, part.downwardAPI.items ?? [], mode) };
  const request = part.serviceAccountToken;
  if (!request) return { files: [] };
  const audiences = request.audience ? [request.audience] : [];
  const seconds = request.expirationSeconds ?? DEFAULT_TOKEN_SECONDS;
  const token = await sources.source.token(sources.pod, audiences, seconds);
  const renewAtMs = sources.nowMs + (token.expiresAtMs - sources.nowMs) * RENEW_SHARE;
  const bytes = new TextEncoder().encode(token.text);
  return { files: [{ path: checkedPath(request.path), bytes, mode: tokenMode(sources.pod, mode) }], renewAtMs };
}

/** A token is for the pod's own user alone, unless several users or a group share the volume. */
function tokenMode(pod: Pod, mode: number): number {
  return pod.spec.securityContext?.fsGroup === undefined ? mode : 0o640;
}

function checkedPath(path: string): string {
  if (path.startsWith('/') || path.split('/').includes('..') || path === '') {
    throw new Failure('volume-source-missing', `"${path}" is no path inside a volume`);
  }
  return path;
}

function notFound(kind: string, name: string): Failure {
  return new Failure('volume-source-missing', `${kind} "${name}" not found`, { retryable: true });
}

export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
