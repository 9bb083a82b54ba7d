import { listOf, mapOf, number, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { hasLabels } from '../selectors/index.ts';
import {
  atKey,
  eachItem,
  type Faults,
  labelValueFault,
  qualifiedNameFault,
  validateLabels,
} from '../validation/index.ts';

const dedication = object({
  tenant: required(string('The tenant whose hosts they are.')),
  nodeSelector: required(mapOf(string(), 'Labels of its hosts: nobody else runs there, and it runs nowhere else.')),
});

const isolation = object(
  {
    tenantLabel: string('Label of machines that names their tenant; the namespace is the tenant where it is absent.'),
    sharing: oneOf(
      ['allowed', 'never'],
      'Whether machines of different tenants may share a host; allowed by default, except as apart says.',
    ),
    apart: listOf(
      object({ tenants: required(listOf(string(), 'Names of tenants.', { set: true, minItems: 2 })) }),
      'Groups of tenants of which no two may share a host.',
    ),
    dedicated: listOf(dedication, 'Tenants that have hosts of their own.', { keys: ['tenant'] }),
  },
  'Which tenants may share hosts.',
);

/** Highest ratio that makes sense: more than this is taken for a slip. */
const MOST_OVERCOMMIT = 100;

export const placement = object(
  {
    strategy: oneOf(
      ['spread', 'pack', 'fragmentation', 'energy'],
      'What makes a host a good one: room that is left, hosts that stay empty, room that stays usable by what is usual here, or watts. spread by default.',
    ),
    overcommit: object(
      {
        cpu: number('Processor time given out for each that there is; 1 by default.', {
          minimum: 1,
          maximum: MOST_OVERCOMMIT,
        }),
        memory: number('Memory given out for each that there is; 1 by default.', {
          minimum: 1,
          maximum: MOST_OVERCOMMIT,
        }),
      },
      'How much more may be promised than there is.',
    ),
    isolation,
  },
  'Where machines are put.',
);
export type PlacementSpec = Static<typeof placement>;

export function validatePlacement(given: PlacementSpec, path: string, faults: Faults): void {
  const { tenantLabel, apart, dedicated } = given.isolation ?? {};
  if (tenantLabel !== undefined) faults.check(`${path}.isolation.tenantLabel`, tenantLabel, qualifiedNameFault);
  eachItem(apart, `${path}.isolation.apart`, ({ tenants }, at) => {
    faults.distinct(
      tenants,
      (tenant) => tenant,
      (index) => `${at}.tenants[${index}]`,
    );
    if (tenants.length < 2) faults.invalid(`${at}.tenants`, tenants, 'must name at least two tenants');
    tenants.forEach((tenant, index) => faults.check(`${at}.tenants[${index}]`, tenant, tenantFault));
  });
  const owners: { readonly tenant: string; readonly nodeSelector: Labels }[] = [];
  eachItem(dedicated, `${path}.isolation.dedicated`, ({ tenant, nodeSelector }, at) => {
    faults.check(`${at}.tenant`, tenant, tenantFault);
    validateLabels(nodeSelector, `${at}.nodeSelector`, faults);
    if (Object.keys(nodeSelector).length === 0) faults.required(`${at}.nodeSelector`, 'must name at least one label');
    // Of several that select a host it is that of the first.
    const owner = owners.find((each) => each.tenant !== tenant && hasLabels(each.nodeSelector, nodeSelector));
    if (owner) {
      const why = `these hosts are already those of ${owner.tenant}`;
      faults.invalid(atKey(`${at}.nodeSelector`, tenant), nodeSelector, why);
    }
    if (Object.keys(nodeSelector).length > 0) owners.push({ tenant, nodeSelector });
  });
}

type Labels = Readonly<Record<string, string>>;

const tenantFault = (tenant: string) => (tenant === '' ? 'must be the name of a tenant' : labelValueFault(tenant));
