import type { VirtualMachineInstance } from '../kubevirt/index.ts';
import type { ObjectMeta, Stored } from '../machinery/index.ts';
import type { Pod } from '../pod/index.ts';
import type { MachineEndpoint } from './value-query.ts';

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

/** Where those machines tell their figures that do. */
export function endpointsOf(machines: readonly (Stored<Pod> | Stored<VirtualMachineInstance>)[]): MachineEndpoint[] {
  return machines.flatMap((machine) => {
    const url = scrapeAddress({ annotations: machine.metadata.annotations, ...whereabouts(machine) });
    return url === undefined ? [] : [{ name: machine.metadata.name, url }];
  });
}

function whereabouts(machine: Stored<Pod> | Stored<VirtualMachineInstance>): Omit<ScrapedMachine, 'annotations'> {
  if ('containers' in machine.spec) {
    const { status, spec } = machine as Stored<Pod>;
    return { address: status?.podIP, port: spec.containers[0]?.ports?.[0]?.containerPort };
  }
  const { status } = machine as Stored<VirtualMachineInstance>;
  return { address: status?.interfaces?.[0]?.ipAddress, port: undefined };
}
