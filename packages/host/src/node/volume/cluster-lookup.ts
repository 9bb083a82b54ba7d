import { Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';

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
    resolveFirst(resolver, candidates(name, searches), (error, found) => {
      const [first] = found;
      if (error || first === undefined) {
        const failure = new Error(`cannot find ${name}: ${error?.message ?? 'it has no address'}`);
        return done(Object.assign(failure, { code: 'ENOTFOUND' }), options.all ? [] : '', 4);
      }
      if (options.all)
        done(
          null,
          found.map((ip) => ({ address: ip, family: 4 })),
        );
      else done(null, first, 4);
    });
  };
}

/** A name that ends in a dot is whole; a single word is looked for at home first. */
function candidates(name: string, searches: readonly string[]): readonly string[] {
  if (name.endsWith('.')) return [name];
  const longer = searches.map((domain) => `${name}.${domain}`);
  return name.includes('.') ? [name, ...longer] : [...longer, name];
}

function resolveFirst(
  resolver: Resolver,
  [name = '', ...others]: readonly string[],
  done: (error: Error | null, found: readonly string[]) => void,
): void {
  resolver.resolve4(name, (error, found) => {
    if (error && others.length > 0) resolveFirst(resolver, others, done);
    else done(error, error ? [] : found);
  });
}
