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

/** What a Godwit leaves on a host besides its state folder: anything that differs before and after is a leak. */
export async function hostTraces(): Promise<Readonly<Record<string, string>>> {
  const commands: Readonly<Record<string, string>> = {
    namespaces: 'ls /run/netns 2>/dev/null | sort',
    interfaces: "ip -o link | awk -F': ' '{print $2}' | sort",
    routes: 'ip route | sort',
    rules: 'nft list tables | sort',
    mounts: 'findmnt -rno TARGET | grep -i godwit | sort',
    processes: "ps -eo args | grep -E 'qemu-system|conmon|dnsmasq|haproxy' | grep -v grep | sort",
  };
  const entries = await Promise.all(
    Object.entries(commands).map(
      async ([what, command]) => [what, (await runProgram('sh', ['-c', command])).stdout] as const,
    ),
  );
  return Object.fromEntries(entries);
}
