import type { GodwitUnderTest } from './godwit.ts';
import { RunningProgram } from './running-program.ts';

/** The `firmware` of a machine that boots the tiny guest by its kernel, as YAML on one line. */
export const tinyFirmware = JSON.stringify({
  kernelBoot: {
    container: { image: 'localhost/godwit/tiny:latest', kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd' },
    kernelArgs: 'console=ttyS0',
  },
});

/** A virtual machine that boots the tiny guest by its kernel, in some two seconds. */
export interface TinyMachine {
  readonly name: string;
  /** Such as `96Mi`. */
  readonly memory?: string;
  /** Volumes by name, as YAML: each becomes a virtio disk. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Without it nothing can be booted. */
  readonly kernel?: boolean;
}

/** Its manifest, as YAML. */
export function tinyMachine({ name, memory = '96Mi', volumes = {}, kernel = true }: TinyMachine): string {
  const disks = Object.keys(volumes).map((volume) => `{name: ${volume}, disk: {bus: virtio}}`);
  const sources = Object.entries(volumes).map(([volume, source]) => `{name: ${volume}, ${source}}`);
  return `
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: ${name}}
spec:
  runStrategy: Always
  template:
    spec:
      terminationGracePeriodSeconds: 1
      domain:
        memory: {guest: ${memory}}
        devices: {disks: [${disks}]}
        ${kernel ? `firmware: ${tinyFirmware}` : ''}
      volumes: [${sources}]`;
}

/**
 * Types a line into the shell on a guest's console once that asks for one, and waits until the console shows what
 * matches. It shows what was typed, too, and all that was said before.
 */
export async function typeInto(godwit: GodwitUnderTest, machine: string, line: string, shown: RegExp): Promise<void> {
  const console = new RunningProgram(godwit.start('console', `vm/${machine}`));
  await console.printed(/# /);
  console.child.stdin?.write(`${line}\n`);
  await console.printed(shown);
  await console.stop();
}
