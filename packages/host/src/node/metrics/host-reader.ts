import type { HostReading } from '../../metrics/index.ts';
import { KernelFile } from './kernel-file.ts';

/** Clock ticks of /proc a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Reads what the whole host uses. */
export function hostReader(): () => HostReading {
  const processors = new KernelFile('/proc/stat');
  const memory = new KernelFile('/proc/meminfo');
  return () => ({ cpuSeconds: busySeconds(processors.read() ?? ''), memoryBytes: usedBytes(memory.read() ?? '') });
}

/** Time of all processors that was neither idle, nor waiting for disks, nor taken by a hypervisor below, from /proc/stat. */
export function busySeconds(text: string): number {
  const line = text.slice(0, text.indexOf('\n'));
  // user nice system idle iowait irq softirq; what guests take is part of user and nice.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) / TICKS_PER_SECOND;
}

/** Memory that could not be had by dropping caches, from /proc/meminfo. */
export function usedBytes(text: string): number {
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return (kibibytes('MemTotal') - kibibytes('MemAvailable')) * 1024;
}
