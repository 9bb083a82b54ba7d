const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes as people read them: `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${BYTE_UNITS[unit]}`;
}

/** Milliseconds as people read them: `850 ms`, `2.4 s`, `3 min 20 s`, `5 h 2 min`, `6 h`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return inTwo(whole, [60, 'min'], [1, 's']);
  return whole < 86_400 ? inTwo(whole, [3600, 'h'], [60, 'min']) : inTwo(whole, [86_400, 'd'], [3600, 'h']);
}

type Unit = readonly [seconds: number, name: string];

/** In the larger unit, and what is left in the smaller one, where there is something left. */
function inTwo(wholeSeconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((wholeSeconds % large) / small);
  return `${Math.floor(wholeSeconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
