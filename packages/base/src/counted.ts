/** `1 machine`, `2 machines`. @param plural where that is not the word with an s */
export function counted(count: number, word: string, plural = `${word}s`): string {
  return `${count} ${count === 1 ? word : plural}`;
}
