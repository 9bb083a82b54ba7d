import { join } from 'node:path';
import { type GodwitUnderTest, projectRoot } from './godwit.ts';
import { runProgram } from './kubectl.ts';

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

/** Types a line into the shell on a guest's console; answers what the console showed in the `seconds` after. */
export async function typeInto(godwit: GodwitUnderTest, machine: string, line: string, seconds = 3): Promise<string> {
  const main = join(projectRoot, 'apps/godwit/src/main.ts');
  const console = `timeout ${seconds + 6} ${process.execPath} ${main} console vm/${machine} --state ${godwit.state}`;
  const { stdout } = await runProgram('sh', ['-c', `(sleep 1; echo; echo '${line}'; sleep ${seconds}) | ${console}`]);
  return stdout;
}
