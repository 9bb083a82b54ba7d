/** One line of a log in the CRI format: `<instant> stdout|stderr F|P <text>`. */
export interface LogLine {
  readonly timeText: string;
  readonly timeMs: number;
  readonly stream: 'stdout' | 'stderr';
  /** The text with its line end; without one where the program had not ended the line. */
  readonly bytes: Buffer;
  /** False for a piece of a longer line. */
  readonly whole: boolean;
}

const SPACE = 0x20;
const NEWLINE = Buffer.from('\n');

/** Reads one line without its line end; undefined when it is not in the format. */
export function parseLogLine(line: Buffer): LogLine | undefined {
  const first = line.indexOf(SPACE);
  const second = line.indexOf(SPACE, first + 1);
  const third = line.indexOf(SPACE, second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  const timeText = line.toString('latin1', 0, first);
  const timeMs = Date.parse(timeText);
  if (Number.isNaN(timeMs)) return undefined;
  const whole = line.toString('latin1', second + 1, third).split(':')[0] === 'F';
  const text = line.subarray(third + 1);
  return {
    timeText,
    timeMs,
    stream: line.toString('latin1', first + 1, second) === 'stderr' ? 'stderr' : 'stdout',
    bytes: whole ? Buffer.concat([text, NEWLINE]) : text,
    whole,
  };
}

/** Cuts bytes into lines, however they come. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  *push(bytes: Buffer): Generator<Buffer> {
    let buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10)) {
      yield buffer.subarray(0, end);
      buffer = buffer.subarray(end + 1);
    }
    this.#rest = Buffer.from(buffer);
  }
}
