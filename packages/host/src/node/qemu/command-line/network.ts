import type { LaunchRequest } from '../../../hypervisor-driver.ts';
import type { LaunchSite } from './context.ts';
import { device, identifier, options } from './options.ts';

const MODELS: Readonly<Record<string, string>> = { virtio: 'virtio-net-pci', '': 'virtio-net-pci' };

/** Network cards, each on the tap that the data plane made for it. */
export function networkArguments({ spec, interfaces }: LaunchRequest, site: LaunchSite): string[] {
  const wanted = new Map((spec.domain.devices.interfaces ?? []).map((entry) => [entry.name, entry]));
  return interfaces.flatMap(({ name, mac, mtu, tapName }) => {
    const entry = wanted.get(name);
    const model = entry?.model ?? 'virtio';
    const virtio = model === 'virtio' || model === '';
    const id = identifier('net', name);
    const backend =
      tapName === undefined
        ? options('user', { id })
        : options('tap', {
            id,
            ifname: tapName,
            script: 'no',
            downscript: 'no',
            vhost: (virtio && site.vhostNet) || undefined,
          });
    return [
      '-netdev',
      backend,
      ...device(MODELS[model] ?? model, {
        id: identifier('card', name),
        netdev: id,
        mac,
        bootindex: entry?.bootOrder,
        // Boot ROMs cost a second of BIOS time under TCG: only cards that may be booted from carry one.
        romfile: entry?.bootOrder === undefined ? '' : undefined,
        host_mtu: virtio ? mtu : undefined,
      }),
    ];
  });
}
