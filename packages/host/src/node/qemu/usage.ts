import { Failure } from '@godwit/base';
import type { MachineUsage } from '../../hypervisor-driver.ts';
import { ProcessMeter } from './process-meter.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** What a machine uses: processor time and memory as the host's kernel counts them, disks as QEMU does. */
export async function measureMachine(machine: QemuMachine): Promise<MachineUsage> {
  const { pid } = machine.process;
  const meter = new ProcessMeter();
  const usage = meter.read(new Set([pid])).get(pid);
  meter.close();
  if (!usage) throw new Failure('not-running', `process ${pid} is gone`);
  const [balloon, disks] = await Promise.all([
    machine.execute('query-balloon').catch(() => ({ actual: 0 })),
    machine.execute('query-blockstats'),
  ]);
  return {
    cpuSeconds: usage.cpuSeconds,
    residentBytes: usage.residentBytes,
    balloonBytes: balloon.actual,
    disks: disks.flatMap(({ 'node-name': node, stats }) => {
      if (!node?.startsWith('disk-')) return [];
      const { rd_bytes: readBytes, wr_bytes: writtenBytes, rd_operations: reads, wr_operations: writes } = stats;
      return [{ name: node.slice('disk-'.length), readBytes, writtenBytes, reads, writes }];
    }),
  };
}
