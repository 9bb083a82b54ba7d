import { defineKind } from '../machinery/index.ts';
import { serviceBody } from './service-body.ts';
import { serviceColumns } from './service-columns.ts';
import { defaultService } from './service-defaults.ts';
import { validateService } from './service-validation.ts';

export const service = defineKind({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  nameRule: 'label',
  description: 'One address for many machines, pods and virtual machines alike.',
  hasGeneration: false,
  body: serviceBody,
  defaults: defaultService,
  validate: validateService,
  columns: serviceColumns,
  selectableFields: {
    'spec.clusterIP': (item) => item.spec.clusterIP ?? '',
    'spec.type': (item) => item.spec.type ?? '',
  },
  subresources: { status: true, others: ['proxy'] },
});
