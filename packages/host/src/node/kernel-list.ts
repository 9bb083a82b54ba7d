/** The kernel's way to list numbers, such as processors: `0-3,8` are 0, 1, 2, 3 and 8. What is none is left out. */
export function numbersOf(list: string): readonly number[] {
  return list
    .trim()
    .split(',')
    .flatMap((part) => {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
      if (first === undefined) return [];
      return Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, at) => Number(first) + at);
    });
}
