import type { Address, KubeObject } from '@godwit/kinds';
import type { Engine } from '../engine.ts';
import type { Caller } from '../operations.ts';

/** One kind of question. */
export interface Review {
  /** Everybody may ask. */
  readonly free: boolean;
  /** The `status` of the answer. */
  answer(engine: Engine, caller: Caller, question: KubeObject, address: Address): object | Promise<object>;
}
