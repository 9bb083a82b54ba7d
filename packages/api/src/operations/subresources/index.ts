import { type Address, StatusFailure } from '@godwit/kinds';
import type { Engine } from '../engine.ts';
import { bindingSubresource } from './binding.ts';
import { evictionSubresource } from './eviction.ts';
import { finalizeSubresource } from './finalize.ts';
import { moveSubresource } from './move.ts';
import { scaleSubresource } from './scale.ts';
import type { Subresource } from './subresource.ts';
import { tokenSubresource } from './token.ts';

/**
 * What is addressed below an object and is not the object itself: its scale, its binding, a move, a
 * token, an eviction; and the orders and streams that reach running machines.
 */
export { actOn, expansionResource } from './machine-orders.ts';
export { openStream } from './machine-streams.ts';
export type { Subresource } from './subresource.ts';
export { uploadInto } from './volume-upload.ts';

/** Subresources that are written like the object: through them other parts of it may change. */
const views = new Set(['status', 'resize', 'ephemeralcontainers']);

const byResource: Readonly<Record<string, Subresource>> = {
  '/pods/binding': bindingSubresource,
  '/bindings': bindingSubresource,
  'kubevirt.io/virtualmachineinstances/binding': bindingSubresource,
  'kubevirt.io/virtualmachineinstances/move': moveSubresource,
  '/pods/eviction': evictionSubresource,
  '/serviceaccounts/token': tokenSubresource,
  '/namespaces/finalize': finalizeSubresource,
};

/** Who serves a subresource; undefined for the object itself and for views of it. Throws `NotFound`. */
export function subresourceOf(engine: Engine, address: Address): Subresource | undefined {
  const { group, plural, subresource } = address;
  if (subresource === undefined) return byResource[`${group}/${plural}`];
  const kind = engine.kinds.at(address);
  if (subresource === 'status' && kind.subresources.status) return undefined;
  if (subresource === 'scale' && kind.subresources.scale) return scaleSubresource;
  if (views.has(subresource) && kind.subresources.others.includes(subresource)) return undefined;
  const special = byResource[`${group}/${plural}/${subresource}`];
  if (!special) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  return special;
}
