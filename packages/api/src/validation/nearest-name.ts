/**
 * The name that somebody who wrote `name` most likely meant: one that is spelt alike, or of which it is a part or which
 * is a part of it. Undefined where none is near.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wrong = name.toLowerCase();
  // A name of three letters may have one wrong, of six two, and so on.
  let least = Math.floor(wrong.length / 3) + 1;
  let nearest: string | undefined;
  for (const candidate of known) {
    const right = candidate.toLowerCase();
    const distance = isPart(wrong, right) ? 1 : editDistance(wrong, right);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

/** Shortest name that says something as a part of another one. */
const LEAST_PART = 4;

function isPart(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= LEAST_PART && long.includes(short);
}

/**
 * How many letters were left out, added, exchanged or swapped with their neighbour (optimal string alignment; Damerau,
 * A technique for computer detection and correction of spelling errors, 1964).
 */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) least = Math.min(least, (beforeLast[column - 2] as number) + 1);
      current.push(least);
    }
    [beforeLast, last] = [last, current];
  }
  return last[other.length] as number;
}
