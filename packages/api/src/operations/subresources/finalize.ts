import { entriesOfUpdate, managerOf } from '../managed-fields.ts';
import { readObject } from '../read-object.ts';
import { changeObject } from '../update.ts';
import type { Subresource } from './subresource.ts';

/** `namespaces/finalize`: only `spec.finalizers` counts. With the last one a marked namespace goes. */
export const finalizeSubresource: Subresource = {
  update(engine, caller, address, object, options) {
    const kind = engine.kindFor(address, 'update');
    engine.authorizeAddress(caller, 'update', address);
    const manager = managerOf(caller, options.fieldManager, 'Update', 'finalize');
    return changeObject(engine, caller, kind, address, options, ({ object: old }) => {
      const wanted = readObject(caller, kind, address, object, options);
      const { spec } = wanted as { spec?: { finalizers?: readonly string[] } };
      const changed = { ...old, spec: { ...(old as { spec?: object }).spec, finalizers: spec?.finalizers ?? [] } };
      return {
        object: readObject(caller, kind, address, changed, { fieldValidation: 'Ignore' }),
        resourceVersion: wanted.metadata.resourceVersion ?? '',
        uid: wanted.metadata.uid ?? old.metadata.uid,
        manage: (before, final, time) => entriesOfUpdate(kind, before, final, undefined, manager, time),
      };
    });
  },
};
