const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `5m`, `1h30m`, `2d`, `4w` in milliseconds; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?[smhdw])+$/.test(text)) return undefined;
  let sumMs = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)) {
    sumMs += Number(count) * (UNITS_MS[unit] ?? 0);
  }
  return sumMs;
}
