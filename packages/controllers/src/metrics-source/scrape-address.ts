import type { ObjectMeta } from '@godwit/kinds';

/** What a machine says of itself, as far as it tells where its figures are. */
export interface ScrapedMachine {
  readonly annotations: ObjectMeta['annotations'];
  readonly address: string | undefined;
  /** The port that counts where no annotation names one. */
  readonly port: number | undefined;
}

/**
 * Where a machine tells its figures in Prometheus' format, by the annotations that everybody uses for it:
 * `prometheus.io/scrape: "true"`, and `port`, `path` (/metrics) and `scheme` (http). Undefined where it tells none.
 */
export function scrapeAddress({ annotations = {}, address, port }: ScrapedMachine): string | undefined {
  const told = (name: string) => annotations[`prometheus.io/${name}`];
  const number = Number(told('port') ?? port);
  if (told('scrape') !== 'true' || !address || !Number.isInteger(number) || number < 1 || number > 65_535)
    return undefined;
  const scheme = told('scheme') === 'https' ? 'https' : 'http';
  const url = new URL(`${scheme}://${address}:${number}`);
  // Assigned, not resolved: a path cannot lead to another host.
  url.pathname = told('path') ?? '/metrics';
  return url.href;
}
