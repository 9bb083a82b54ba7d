import { object, objectMeta, required, type Static } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';
import { podSpec } from './pod-spec.ts';

export const podTemplate = object(
  { metadata: objectMeta, spec: required(podSpec) },
  'What the pods look like.',
  coreName('PodTemplateSpec'),
);
export type PodTemplate = Static<typeof podTemplate>;
