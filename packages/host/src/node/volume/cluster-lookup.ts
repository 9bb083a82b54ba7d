import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { describeError } from '@godwit/base';

/** How names are found inside the data plane. */
export interface NameServer {
  readonly address: string;
  /** Domains that are tried after the name as it was given, such as `default.svc.cluster.local`. */
  readonly searches: readonly string[];
}

/** Finds addresses as a pod does: by the data plane's own name server, and by nothing that this host knows itself. */
export function clusterLookup({ address, searches }: NameServer): LookupFunction {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([address]);
  return (name, options, done) => {
    firstAnswer(resolver, candidates(name, searches)).then(
      (found) => {
        const all = found.map((ip) => ({ address: ip, family: isIP(ip) }));
        if (options.all) done(null, all);
        else done(null, all[0]?.address ?? '', all[0]?.family ?? 4);
      },
      (error: unknown) => {
        const failure = Object.assign(new Error(`cannot find ${name}: ${describeError(error)}`), { code: 'ENOTFOUND' });
        done(failure, options.all ? [] : '', 4);
      },
    );
  };
}

/** A name that ends in a dot is whole; a single word is looked for at home first. */
function candidates(name: string, searches: readonly string[]): readonly string[] {
  if (name.endsWith('.')) return [name];
  const longer = searches.map((domain) => `${name}.${domain}`);
  return name.includes('.') ? [name, ...longer] : [...longer, name];
}

async function firstAnswer(resolver: Resolver, names: readonly string[]): Promise<readonly string[]> {
  let last: unknown;
  for (const name of names) {
    try {
      return await resolver.resolve4(name);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
