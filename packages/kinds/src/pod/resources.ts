import { listOf, object, required, type Static, string } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { resourceList } from '../shared/resource-list.ts';

export const resourceRequirements = object(
  {
    limits: resourceList('Most that may be used.'),
    requests: resourceList('Least that is set aside; taken from limits when absent.'),
    claims: listOf(
      object(
        {
          name: required(string('Name of an entry of spec.resourceClaims.')),
          request: string('One request of the claim; all when empty.'),
        },
        'Use of a resource claim.',
        coreName('ResourceClaim'),
      ),
      'Claims of the pod that this container uses.',
      { keys: ['name'], strategy: 'replace' },
    ),
  },
  'CPU, memory and other resources.',
  coreName('ResourceRequirements'),
);
export type ResourceRequirements = Static<typeof resourceRequirements>;
