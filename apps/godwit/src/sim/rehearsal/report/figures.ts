/** Numbers as people read them. */
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
}

export function money(value: number, currency: string): string {
  return `${value >= 1000 ? whole(value) : value.toFixed(2)} ${currency}`;
}

/** `2 d 6 h`, `6 h 30 min`, `65 s`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ];
  const parts: string[] = [];
  let left = seconds;
  for (const [size, unit] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}
