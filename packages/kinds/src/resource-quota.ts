import { textColumn } from './columns/index.ts';
import { compareQuantities, isQuantity } from './exact-quantity.ts';
import { defineKind, type KindOf, listOf, object, oneOf, required, type Static, string } from './machinery/index.ts';
import { parseQuantity } from './quantity.ts';
import { coreName } from './shared/openapi-names.ts';
import { type ResourceList, resourceList } from './shared/resource-list.ts';
import { Faults, qualifiedNameFault } from './validation/index.ts';

const scopeRequirement = object(
  {
    scopeName: required(string('Name of the scope.')),
    operator: required(oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'How the scope relates to the values.')),
    values: listOf(string(), 'Values for In and NotIn.'),
  },
  'One rule about a scope.',
  coreName('ScopedResourceSelectorRequirement'),
);

interface Measured {
  readonly status?: { readonly hard?: ResourceList; readonly used?: ResourceList };
}

/** `pods: 1/4, requests.cpu: 500m/2`; limits stand in a column of their own. */
function usage({ status }: Measured, limits: boolean): string {
  const names = Object.keys(status?.hard ?? {}).sort();
  return names
    .filter((name) => name.startsWith('limits') === limits)
    .map((name) => `${name}: ${status?.used?.[name] ?? 0}/${status?.hard?.[name]}`)
    .join(', ');
}

const body = object({
  spec: object(
    {
      hard: resourceList('Most of each resource, such as requests.cpu or count/pods.'),
      scopes: listOf(string(), 'Which machines count, such as BestEffort.'),
      scopeSelector: object(
        { matchExpressions: listOf(scopeRequirement, 'Rules that must all hold.') },
        'Which machines count, by rules.',
        { ...coreName('ScopeSelector'), atomic: true },
      ),
    },
    'What is allowed.',
    coreName('ResourceQuotaSpec'),
  ),
  status: object(
    { hard: resourceList('What is allowed.'), used: resourceList('What is used.') },
    'What is used.',
    coreName('ResourceQuotaStatus'),
  ),
});

export type ResourceQuota = KindOf<Static<typeof body>>;
type QuotaSpec = NonNullable<ResourceQuota['spec']>;

export const resourceQuota = defineKind({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  description: 'How much a namespace may use.',
  body,
  validate: ({ spec }) => {
    const faults = new Faults();
    for (const [name, amount] of Object.entries(spec?.hard ?? {})) {
      const path = `spec.hard[${name}]`;
      faults.check(path, name, (key) => qualifiedNameFault(key) ?? unknownFault(key));
      if (isQuantity(amount) && compareQuantities(amount, 0) < 0) {
        faults.invalid(path, String(amount), 'must be greater than or equal to 0');
      } else if (isCount(name) && !Number.isInteger(parseQuantity(amount) ?? 0)) {
        faults.invalid(path, String(amount), 'must be an integer');
      }
    }
    validateScopes(spec ?? {}, faults);
    return faults.causes;
  },
  columns: [
    textColumn('Request', 'What is used and allowed of counts and requests.', (item: ResourceQuota) =>
      usage(item, false),
    ),
    textColumn('Limit', 'What is used and allowed of limits.', (item: ResourceQuota) => usage(item, true)),
  ],
  subresources: { status: true },
});

/** Kinds of the core group that quotas may also count by their bare plural. */
export const countedByPlural: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

const COUNTS = new Set([...countedByPlural, 'services.loadbalancers', 'services.nodeports']);

const COMPUTE = /^(?:(?:requests\.|limits\.)?(?:cpu|memory|ephemeral-storage|hugepages-.+)|requests\.storage)$/;

function isCount(name: string): boolean {
  return COUNTS.has(name) || name.startsWith('count/');
}

/** What nothing counts would bound nothing. */
function unknownFault(name: string): string | undefined {
  const isKnown = isCount(name) || COMPUTE.test(name) || name.includes('/');
  return isKnown ? undefined : 'must be a standard resource for quota';
}

const SCOPES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'PriorityClass'];

/** Scopes tell pods apart: they are known, agree with each other, and nothing but pods is bounded with them. */
function validateScopes({ hard = {}, scopes = [], scopeSelector }: QuotaSpec, faults: Faults): void {
  const rules = scopeSelector?.matchExpressions ?? [];
  const named = [
    ...scopes.map((name, index) => ({ name, path: `spec.scopes[${index}]` })),
    ...rules.map(({ scopeName: name }, index) => ({
      name,
      path: `spec.scopeSelector.matchExpressions[${index}].scopeName`,
    })),
  ];
  for (const { name, path } of named) {
    if (!SCOPES.includes(name)) faults.invalid(path, name, `unsupported scope; supported: ${SCOPES.join(', ')}`);
  }
  const names = new Set(named.map(({ name }) => name));
  for (const name of ['BestEffort', 'Terminating']) {
    if (names.has(name) && names.has(`Not${name}`)) faults.invalid('spec.scopes', [...names], 'conflicting scopes');
  }
  if (names.size === 0) return;
  for (const resource of Object.keys(hard)) {
    const isOfPods = resource === 'pods' || resource === 'count/pods';
    if (
      isOfPods ||
      (!names.has('BestEffort') && /^(?:requests|limits)\.|^(?:cpu|memory|ephemeral-storage)$/.test(resource))
    )
      continue;
    faults.invalid(`spec.hard[${resource}]`, resource, 'unsupported scope applied to resource');
  }
}
