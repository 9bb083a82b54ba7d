/** Reads JSON values that stand one a line. An unfinished last line is dropped: its writer broke off. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder();
  let unfinished: string[] = [];
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    unfinished.push(pieces[0] ?? '');
    for (let i = 1; i < pieces.length; i++) {
      const line = unfinished.join('');
      unfinished = [pieces[i] ?? ''];
      if (line !== '') yield JSON.parse(line);
    }
  }
}
