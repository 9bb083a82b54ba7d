import { ageOf, type Cell, type Column, type KindDefinition, type KubeObject } from '@godwit/kinds';

/** A column as `Table.columnDefinitions` describes it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  description: 'Unique within the namespace.',
  value: (object) => object.metadata.name ?? '',
};

const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'How long ago the object was created.',
  value: (object, now) => ageOf(object.metadata.creationTimestamp, now),
};

/** Columns that already tell when, so that an age beside them would say nothing new. */
const TELLS_TIME = new Set(['Age', 'Created At', 'Last Seen']);

const cache = new WeakMap<KindDefinition, readonly Column<KubeObject>[]>();

/**
 * The columns of a kind's tables: its name first, then its own, and its age after those that are always
 * shown. A kind that has a Name or an Age of its own keeps it where it is.
 */
export function columnsOf(kind: KindDefinition): readonly Column<KubeObject>[] {
  const known = cache.get(kind);
  if (known) return known;
  const own = kind.columns;
  const columns = own.some((column) => column.name === 'Name') ? [...own] : [nameColumn, ...own];
  if (!own.some((column) => TELLS_TIME.has(column.name))) {
    const wide = columns.findIndex((column) => (column.priority ?? 0) > 0);
    columns.splice(wide < 0 ? columns.length : wide, 0, ageColumn);
  }
  cache.set(kind, columns);
  return columns;
}

export function columnDefinitions(columns: readonly Column<KubeObject>[]): TableColumn[] {
  return columns.map(({ name, type, description, priority }) => ({
    name,
    type,
    format: name === 'Name' ? 'name' : '',
    description,
    priority: priority ?? 0,
  }));
}

/** One row's cells. A cell that cannot be made is told as unknown: one odd object must not hide the others. */
export function cellsOf(columns: readonly Column<KubeObject>[], object: KubeObject, nowMs: number): Cell[] {
  return columns.map((column) => {
    try {
      const value = column.value(object, nowMs);
      return column.type === 'date' && typeof value === 'string' && value.includes('T') ? ageOf(value, nowMs) : value;
    } catch {
      return '<unknown>';
    }
  });
}
