/** Numbers as people read them. */
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
}

/** `1 host`, `1 200 hosts`. @param plural where that is not the word with an s */
export function many(count: number, what: string, plural = `${what}s`): string {
  return `${whole(count)} ${count === 1 ? what : plural}`;
}

export function money(value: number, currency: string): string {
  return `${value >= 1000 ? whole(value) : value.toFixed(2)} ${currency}`;
}

/** `2 d 6 h`, `6 h 30 min`, `65 s`. */
export const span = (ms: number): string => spanIn(ms, { d: 'd', h: 'h', min: 'min', s: 's' });

/** The same with other words for the units. */
export function spanIn(ms: number, words: Readonly<Record<'d' | 'h' | 'min' | 's', string>>): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} ${words.s}`;
  const units: readonly (readonly [number, string])[] = [
    [86_400, words.d],
    [3_600, words.h],
    [60, words.min],
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
