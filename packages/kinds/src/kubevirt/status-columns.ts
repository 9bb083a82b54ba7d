import type { Cell, Column, KubeObject } from '../machinery/index.ts';
import type { MachineCondition } from './machine-condition.ts';

/** Columns that the kinds of this folder share. */

/** The status of one condition, as a table cell. */
export function conditionCell(conditions: readonly MachineCondition[] | undefined, type: string): Cell {
  return conditions?.find((condition) => condition.type === type)?.status ?? null;
}

/** When the object was created; clients see it as an age. */
export const age: Column<KubeObject> = {
  name: 'Age',
  type: 'date',
  description: 'Time since the object was created.',
  value: (object) => object.metadata.creationTimestamp ?? null,
};
