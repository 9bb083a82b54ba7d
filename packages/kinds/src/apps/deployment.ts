import { defineKind } from '../machinery/index.ts';
import { deploymentColumns } from './apps-columns.ts';
import { defaultDeployment } from './apps-defaults.ts';
import { validateDeployment } from './apps-validation.ts';
import { deploymentBody } from './deployment-body.ts';

export const deployment = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  description: 'Keeps a number of equal pods running and rolls changes out without a gap.',
  body: deploymentBody,
  defaults: defaultDeployment,
  validate: validateDeployment,
  columns: deploymentColumns,
  immutable: ['spec.selector'],
  subresources: {
    status: true,
    scale: {
      specReplicasPath: 'spec.replicas',
      statusReplicasPath: 'status.replicas',
      selectorPath: 'spec.selector',
    },
  },
});
