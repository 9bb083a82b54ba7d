import { readdirSync, readFileSync } from 'node:fs';
import { runProgram } from './kubectl.ts';

/** A process of this host. */
export interface HostProcess {
  readonly pid: number;
  readonly command: string;
}

/** Every process whose command line mentions `text` (a state folder, say), but not the test itself. */
export function processesMentioning(text: string): HostProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandLine(name) }))
    .filter(({ pid, command }) => pid !== process.pid && command.includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/**
 * Every trace on the host, outside the state folder, that carries one of `marks` (a cloud's id, its state
 * folder, its address range): namespaces, interfaces, routes, rules, mounts, processes, run files.
 */
export async function hostTraces(marks: readonly string[]): Promise<readonly string[]> {
  const commands: Readonly<Record<string, string>> = {
    namespace: 'ls /run/netns',
    interface: 'ip -o link',
    route: 'ip route',
    rule: 'nft list ruleset',
    mount: 'findmnt -rno TARGET',
    process: 'ps -eo args',
    'run file': 'ls /run',
    'control group': 'find /sys/fs/cgroup -maxdepth 3 -type d',
  };
  const found = await Promise.all(
    Object.entries(commands).map(async ([what, command]) => {
      const { stdout } = await runProgram('sh', ['-c', command]);
      const lines = stdout.split('\n').filter((line) => marks.some((mark) => line.includes(mark)));
      return lines.map((line) => `${what}: ${line.trim()}`);
    }),
  );
  return found.flat();
}
