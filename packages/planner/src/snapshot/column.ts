/** Numbers by host row. Grows by doubling, so that adding hosts one by one stays cheap. */
export class Column {
  values: Float64Array;

  constructor(rows: number) {
    this.values = new Float64Array(Math.max(16, rows));
  }

  /** Makes room for a row; new rows hold 0. */
  reach(row: number): void {
    if (row < this.values.length) return;
    const larger = new Float64Array(Math.max(row + 1, this.values.length * 2));
    larger.set(this.values);
    this.values = larger;
  }

  set(row: number, value: number): void {
    this.reach(row);
    this.values[row] = value;
  }

  add(row: number, value: number): void {
    this.set(row, (this.values[row] ?? 0) + value);
  }
}
