import { type KindOf, object, required, type Static } from '../machinery/index.ts';
import { podSpec } from './pod-spec.ts';
import { podStatus } from './pod-status.ts';

/** The fields of a pod, apart from the kind so that its helpers can name the type. */
export const podBody = object({ spec: required(podSpec), status: podStatus });

export type Pod = KindOf<Static<typeof podBody>>;
