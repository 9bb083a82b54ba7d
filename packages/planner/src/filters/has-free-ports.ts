import { reasons } from '../reason.ts';
import { portKey } from '../request/machine-request.ts';
import type { Filter } from './filter.ts';

/** Are the ports of the host that the machine takes still free? */
export const hasFreePorts: Filter = {
  prepare(request, snapshot) {
    if (request.ports.length === 0) return undefined;
    const keys = request.ports.map(portKey);
    return (row) => {
      for (const key of keys) if (snapshot.portTaken(row, key)) return reasons.portIsTaken;
      return reasons.passes;
    };
  },
};
