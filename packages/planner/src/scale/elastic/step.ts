import { type Carriers, type ElasticLoad, loadPerUnit } from './load.ts';

export interface StepAlgorithm {
  readonly type: 'step';
  /** Above this a step up is made; below `lower` a step down. */
  readonly upper: number;
  readonly lower: number;
  /** Units a step. */
  readonly up: number;
  readonly down: number;
}

/** So many units more or fewer while the load is outside the thresholds; between them nothing is done. */
export function byStep({ upper, lower, up, down }: StepAlgorithm, load: ElasticLoad, carriers: Carriers): number {
  const each = loadPerUnit(load, carriers);
  if (each > upper) return carriers.current + up;
  return each < lower ? Math.max(0, carriers.current - down) : carriers.current;
}
