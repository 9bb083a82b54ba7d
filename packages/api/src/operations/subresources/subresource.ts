import type { Address, Patch } from '@godwit/kinds';
import type { Document } from '../../documents/document.ts';
import type { Engine } from '../engine.ts';
import type { Caller, DocumentWriteOptions, Written } from '../operations.ts';

/** Who serves one subresource. A verb that is not there is not allowed. Each authorises by itself. */
export interface Subresource {
  get?(engine: Engine, caller: Caller, address: Address): Promise<Document>;
  create?(
    engine: Engine,
    caller: Caller,
    address: Address,
    object: unknown,
    options: DocumentWriteOptions,
  ): Promise<Written>;
  update?(
    engine: Engine,
    caller: Caller,
    address: Address,
    object: unknown,
    options: DocumentWriteOptions,
  ): Promise<Written>;
  patch?(
    engine: Engine,
    caller: Caller,
    address: Address,
    patch: Patch,
    options: DocumentWriteOptions,
  ): Promise<Written>;
}
