import { readFileSync } from 'node:fs';
import { type AddressPlan, loopbackServer, upstreamServers } from '../../services/index.ts';

/** systemd-resolved keeps the real servers here, and puts itself on 127.0.0.53 into /etc/resolv.conf. */
const FILES = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

/** Whom the data plane's name server asks for names that are not its own. */
export interface Upstream {
  readonly servers: readonly string[];
  /** A server on the host's loopback to which questions to the host's end of the uplink are led. */
  readonly loopback: string | undefined;
}

/** @param files read in this order; the first that names a server which is reached from elsewhere wins */
export function readUpstream(plan: AddressPlan, files: readonly string[] = FILES): Upstream {
  const texts = files.map(readText);
  const servers = texts.map(upstreamServers).find((each) => each.length > 0);
  if (servers) return { servers, loopback: undefined };
  const loopback = texts.map(loopbackServer).find((server) => server !== undefined);
  return { servers: loopback === undefined ? [] : [plan.uplinkHostAddress], loopback };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
