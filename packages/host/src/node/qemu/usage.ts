import { readFile } from 'node:fs/promises';
import type { MachineUsage } from '../../hypervisor-driver.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** Clock ticks of /proc a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** What a machine uses: processor time and memory as the host's kernel counts them, disks as QEMU does. */
export async function measureMachine(machine: QemuMachine): Promise<MachineUsage> {
  const { pid } = machine.process;
  const [status, memory, balloon, disks] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/statm`, 'utf8'),
    machine.execute('query-balloon').catch(() => ({ actual: 0 })),
    machine.execute('query-blockstats'),
  ]);
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    residentBytes: Number(memory.split(' ')[1]) * PAGE_BYTES,
    balloonBytes: balloon.actual,
    disks: disks.flatMap(({ 'node-name': node, stats }) => {
      if (!node?.startsWith('disk-')) return [];
      const { rd_bytes: readBytes, wr_bytes: writtenBytes, rd_operations: reads, wr_operations: writes } = stats;
      return [{ name: node.slice('disk-'.length), readBytes, writtenBytes, reads, writes }];
    }),
  };
}
