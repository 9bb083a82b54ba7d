import { readFile } from 'node:fs/promises';
import { runProgram } from '@godwit/base/node';

/** Unmounts everything at and below a folder, the innermost first. */
export async function unmountBelow(folder: string): Promise<void> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const points = lines
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 8)),
      ),
    )
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
  for (const point of points.toReversed()) await runProgram('umount', ['--lazy', point]);
}
