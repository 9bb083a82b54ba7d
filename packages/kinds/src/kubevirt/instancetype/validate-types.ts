import type { Cause, KubeObject } from '../../machinery/index.ts';
import { parseQuantity } from '../../quantity.ts';
import { Report } from '../validation/report.ts';
import { spreadOf, spreads, topologies, topologyNamed } from './cpu-topology.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import type { PreferenceSpec } from './preference-spec.ts';

/** Rules that the schemas of the four kinds cannot say. */

export function validateInstancetype({ spec }: KubeObject & { readonly spec: InstancetypeSpec }): readonly Cause[] {
  const report = new Report();
  const { guest, maxGuest, overcommitPercent = 0, hugepages } = spec.memory;
  const sizes = { guest: positive(guest, 'guest', report), maxGuest: positive(maxGuest, 'maxGuest', report) };
  if (sizes.guest !== undefined && sizes.maxGuest !== undefined && sizes.guest > sizes.maxGuest) {
    report.invalid('spec.memory.guest', `must not be greater than maxGuest, ${maxGuest}`);
  }
  if (overcommitPercent < 0 || overcommitPercent > 100) {
    report.invalid('spec.memory.overcommitPercent', `${overcommitPercent} is not between 0 and 100`);
  }
  if (overcommitPercent !== 0 && hugepages) {
    report.invalid('spec.memory.overcommitPercent', 'excludes hugepages, which are always reserved in full');
  }
  return report.causes;
}

function positive(value: string | number | undefined, name: string, report: Report): number | undefined {
  if (value === undefined) return undefined;
  const bytes = parseQuantity(value);
  if (bytes === undefined) report.invalid(`spec.memory.${name}`, `"${value}" is not a quantity`);
  else if (bytes <= 0) report.invalid(`spec.memory.${name}`, 'must be greater than 0');
  return bytes;
}

export function validatePreference({ spec }: KubeObject & { readonly spec: PreferenceSpec }): readonly Cause[] {
  const report = new Report();
  const word = spec.cpu?.preferredCPUTopology;
  const topology = word === undefined ? undefined : topologyNamed(word);
  if (word !== undefined && !topology) report.oneOf('spec.cpu.preferredCPUTopology', word, topologies);
  if (topology === 'spread') {
    const { across, ratio } = spreadOf(spec);
    report.oneOf('spec.cpu.spreadOptions.across', across, spreads);
    if (across === 'CoresThreads' && ratio !== 2) {
      report.invalid('spec.cpu.spreadOptions.ratio', 'must be 2 across CoresThreads: one core, two threads');
    }
  }
  return report.causes;
}
