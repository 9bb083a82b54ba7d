import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of clients may be a little behind. */
const BACKDATE_MS = 5 * 60_000;
/** An authority is never younger than what it signs, also when it was made by a clock that was ahead. */
const AUTHORITY_SINCE_MS = Date.UTC(2020, 0, 1);

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

function validity(nowMs: number, days: number) {
  return { notBefore: new Date(nowMs - BACKDATE_MS), notAfter: new Date(nowMs + days * DAY_MS) };
}

async function newKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as unknown as CryptoKeyPair;
}

async function exportKey(key: CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key as webcrypto.CryptoKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  return (await webcrypto.subtle.importKey('pkcs8', der as ArrayBuffer, ALGORITHM, true, [
    'sign',
  ])) as unknown as CryptoKey;
}

/** A self-signed certificate authority, good for ten years. */
export async function createAuthority(commonName: string, nowMs: number): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity(nowMs, 3650),
    notBefore: new Date(AUTHORITY_SINCE_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await exportKey(keys.privateKey) };
}

/** What a certificate is for. A server is known by names and addresses, a client by user and groups. */
export type Subject =
  | { readonly type: 'server'; readonly names: readonly string[]; readonly addresses: readonly string[] }
  | { readonly type: 'client'; readonly user: string; readonly groups: readonly string[] };

/** A certificate signed by `authority`, good for `days`. */
export async function issueCertificate(
  authority: KeyPair,
  subject: Subject,
  nowMs: number,
  days = 365,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    issuer: issuer.subject,
    subject: subjectName(subject),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.privateKey),
    signingAlgorithm: ALGORITHM,
    ...validity(nowMs, days),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        subject.type === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...alternativeNames(subject),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey: await exportKey(keys.privateKey) };
}

function subjectName(subject: Subject): x509.JsonName {
  if (subject.type === 'server') return [{ CN: ['godwit'] }];
  return [...subject.groups.map((group) => ({ O: [group] })), { CN: [subject.user] }];
}

function alternativeNames(subject: Subject): x509.Extension[] {
  if (subject.type === 'client') return [];
  return [
    new x509.SubjectAlternativeNameExtension([
      ...subject.names.map((value) => ({ type: 'dns' as const, value })),
      ...subject.addresses.map((value) => ({ type: 'ip' as const, value })),
    ]),
  ];
}
