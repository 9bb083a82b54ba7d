import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@godwit/base';
import type { KeyPair, Subject } from './certificates.ts';

/** Certificates are renewed when they have less than this left. */
const RENEW_BEFORE_MS = 30 * 86_400_000;

/** All keys and certificates of one Godwit, PEM. */
export interface Pki {
  readonly authorityCertificate: string;
  readonly server: KeyPair;
  readonly admin: KeyPair;
  /** Signs service account tokens: PKCS #8, ECDSA P-256. */
  readonly serviceAccountKey: string;
}

/** Reads the folder, and makes or renews what is missing, nearly expired, or lacks a name the server needs. */
export async function openPki(folder: string, names: ServerNames, clock: Clock): Promise<Pki> {
  const pair = (name: string) => new PairFile(folder, name);
  const authority = await ensureAuthority(pair('ca'), clock);
  const server = await ensureIssued(pair('server'), authority, { type: 'server', ...names }, clock);
  const admin = await ensureIssued(
    pair('admin'),
    authority,
    { type: 'client', user: 'admin', groups: ['system:masters'] },
    clock,
  );
  return {
    authorityCertificate: authority.certificate,
    server,
    admin,
    serviceAccountKey: ensureServiceAccountKey(join(folder, 'service-account.key')),
  };
}

export interface ServerNames {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

/** Certificate and key as two files; the key is written first, so a certificate never lacks its key. */
class PairFile {
  readonly #certificatePath: string;
  readonly #keyPath: string;

  constructor(folder: string, name: string) {
    this.#certificatePath = join(folder, `${name}.crt`);
    this.#keyPath = join(folder, `${name}.key`);
  }

  read(): KeyPair | undefined {
    if (!existsSync(this.#certificatePath) || !existsSync(this.#keyPath)) return undefined;
    const pair = {
      certificate: readFileSync(this.#certificatePath, 'utf8'),
      privateKey: readFileSync(this.#keyPath, 'utf8'),
    };
    return belongTogether(pair) ? pair : undefined;
  }

  write(pair: KeyPair): KeyPair {
    writePrivately(this.#keyPath, pair.privateKey);
    writePrivately(this.#certificatePath, pair.certificate);
    return pair;
  }
}

/** A crash between the two writes leaves a new key beside an old certificate. */
function belongTogether(pair: KeyPair): boolean {
  const certificate = new X509Certificate(pair.certificate);
  try {
    return certificate.checkPrivateKey(createPrivateKey(pair.privateKey));
  } catch {
    return false;
  }
}

async function ensureAuthority(file: PairFile, clock: Clock): Promise<KeyPair> {
  const existing = file.read();
  if (existing) return existing;
  const { createAuthority } = await import('./certificates.ts');
  return file.write(await createAuthority('godwit-ca', clock.now()));
}

async function ensureIssued(file: PairFile, authority: KeyPair, subject: Subject, clock: Clock): Promise<KeyPair> {
  const existing = file.read();
  if (existing && isGood(new X509Certificate(existing.certificate), authority, subject, clock)) return existing;
  const { issueCertificate } = await import('./certificates.ts');
  return file.write(await issueCertificate(authority, subject, clock.now()));
}

function isGood(certificate: X509Certificate, authority: KeyPair, subject: Subject, clock: Clock): boolean {
  if (certificate.validToDate.getTime() - clock.now() < RENEW_BEFORE_MS) return false;
  // Made by a clock that was ahead.
  if (certificate.validFromDate.getTime() > clock.now()) return false;
  if (!certificate.verify(new X509Certificate(authority.certificate).publicKey)) return false;
  if (subject.type === 'client') return true;
  const known = new Set((certificate.subjectAltName ?? '').split(', '));
  return (
    subject.names.every((name) => known.has(`DNS:${name}`)) &&
    subject.addresses.every((address) => known.has(`IP Address:${address}`))
  );
}

function ensureServiceAccountKey(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writePrivately(path, pem);
  return pem;
}

/** Whole or not at all, readable by the owner alone. What is there already is not written again: disks may be full. */
export function writePrivately(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
