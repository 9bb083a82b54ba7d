import type { TLSSocket } from 'node:tls';
import type { Credentials } from '../authentication/authenticator.ts';

const known = new WeakMap<object, { subject: Credentials['certificate'] }>();

/** The subject of the client certificate of a connection; undefined when none was shown or it is not trusted. */
export function certificateSubject(socket: TLSSocket): Credentials['certificate'] {
  const cached = known.get(socket);
  if (cached) return cached.subject;
  const subject = socket.authorized ? readSubject(socket) : undefined;
  known.set(socket, { subject });
  return subject;
}

function readSubject(socket: TLSSocket): Credentials['certificate'] {
  // A repeated attribute (O, for several groups) comes as a list, whatever the types say.
  const subject = socket.getPeerCertificate().subject as unknown as
    | Record<string, string | string[] | undefined>
    | undefined;
  if (!subject) return undefined;
  const commonName = [subject.CN ?? ''].flat()[0] ?? '';
  if (commonName === '') return undefined;
  return { commonName, organizations: [subject.O ?? []].flat() };
}
