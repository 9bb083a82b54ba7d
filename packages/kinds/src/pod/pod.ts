import { defineKind, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { podSpec } from './pod-spec.ts';
import { podStatus } from './pod-status.ts';

export const pod = defineKind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  description: 'Containers that share one address and one life.',
  body: object({ spec: required(podSpec), status: podStatus }),
  subresources: {
    status: true,
    others: ['attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'resize'],
  },
});

export type Pod = ObjectOfKind<typeof pod>;
