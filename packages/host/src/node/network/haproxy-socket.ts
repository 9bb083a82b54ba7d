import { connect } from 'node:net';
import { Failure } from '@godwit/base';

/** Longest line that HAProxy reads is one buffer of 16 KiB. */
const LONGEST_LINE = 8000;
const ANSWER_MS = 10_000;

/**
 * Sends commands to HAProxy's runtime socket and answers all that it said.
 * @throws Failure `haproxy-unreachable` (retryable)
 */
export async function tellHaproxy(socketPath: string, commands: readonly string[]): Promise<string> {
  let answer = '';
  for (const line of linesOf(commands)) answer += await tellLine(socketPath, line);
  return answer;
}

function linesOf(commands: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const command of commands) {
    if (line !== '' && line.length + command.length > LONGEST_LINE) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? command : `${line};${command}`;
  }
  return line === '' ? lines : [...lines, line];
}

function tellLine(socketPath: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ path: socketPath, signal: AbortSignal.timeout(ANSWER_MS) });
    socket.on('connect', () => socket.end(`${line}\n`));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (cause) =>
      reject(new Failure('haproxy-unreachable', 'HAProxy does not answer', { cause, retryable: true })),
    );
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}
