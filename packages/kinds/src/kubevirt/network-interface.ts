import { boolean, int32, listOf, object, required, string } from '../machinery/index.ts';
import { kubevirt, marker } from './component-name.ts';

/** Network interfaces of a guest, and the networks that they join. */

const port = object(
  {
    name: string('Name of the port, unique in the interface.'),
    protocol: string('TCP or UDP. Defaults to TCP.'),
    port: required(int32('Port number.')),
  },
  'A port on which the guest is reached.',
  kubevirt('Port'),
);

const portRange = object(
  {
    start: required(int32('First port.')),
    end: required(int32('Last port.')),
    protocol: required(string('TCP or UDP.')),
  },
  'Neighbouring ports on which the guest is reached.',
  kubevirt('PortRange'),
);

const dhcpOptions = object(
  {
    bootFileName: string('Boot file that DHCP names (option 67).'),
    tftpServerName: string('TFTP server that DHCP names (option 66).'),
    ntpServers: listOf(string(), 'Time servers that DHCP names (option 42).'),
    privateOptions: listOf(
      object(
        { option: required(int32('Option number, 224 to 254.')), value: required(string('Value of the option.')) },
        'A DHCP option of private use.',
        kubevirt('DHCPPrivateOptions'),
      ),
      'Options of private use.',
    ),
  },
  'What DHCP tells the guest besides its address.',
  kubevirt('DHCPOptions'),
);

export const networkInterface = object(
  {
    name: required(string('Name of the network that the interface joins.')),
    model: string(
      'Device that the guest sees: virtio, e1000, e1000e, igb, ne2k_pci, pcnet, rtl8139. Defaults to virtio.',
    ),
    bridge: marker('InterfaceBridge', 'Joins the network by a bridge.'),
    masquerade: marker('InterfaceMasquerade', 'Joins the pod network behind address translation.'),
    sriov: marker('InterfaceSRIOV', 'Passes a virtual function of a network card through.'),
    passtBinding: marker('InterfacePasstBinding', 'Joins the network through passt.'),
    slirp: marker('DeprecatedInterfaceSlirp', 'Given up; refused.'),
    macvtap: marker('DeprecatedInterfaceMacvtap', 'Given up; refused.'),
    passt: marker('DeprecatedInterfacePasst', 'Given up; refused.'),
    binding: object(
      { name: required(string('Name of the plug-in.')) },
      'Joins the network through a plug-in.',
      kubevirt('PluginBinding'),
    ),
    ports: listOf(port, 'Ports on which the guest is reached. Defaults to all.'),
    portRanges: listOf(portRange, 'Ranges of ports on which the guest is reached.'),
    macAddress: string('MAC address, such as `de:ad:00:00:be:af`. Defaults to one that stays with the machine.'),
    bootOrder: int32('Place in the boot order, from 1; smaller boots first.'),
    pciAddress: string('Place on the PCI bus, such as `0000:81:01.10`.'),
    dhcpOptions,
    tag: string('Word that tells the guest which device this is.'),
    acpiIndex: int32('Index by which the guest can name the interface the same every time.'),
    state: string('up, down (cable pulled) or absent (to be taken out). Defaults to up.'),
  },
  'One network interface of the machine.',
  kubevirt('Interface'),
);

export const claimRequest = {
  claimName: string('Name of the resource claim of the machine.'),
  requestName: string('Which request of that claim.'),
};

export const network = object(
  {
    name: required(string('Name by which interfaces join it.')),
    pod: object(
      {
        vmNetworkCIDR: string('IPv4 range that the guest sees behind address translation.'),
        vmIPv6NetworkCIDR: string('IPv6 range that the guest sees behind address translation.'),
      },
      'The default network, which pods and machines share.',
      kubevirt('PodNetwork'),
    ),
    multus: object(
      {
        networkName: required(string('Name of the network, or `namespace/name`.')),
        default: boolean('Takes the place of the default network.'),
      },
      'A further network.',
      kubevirt('MultusNetwork'),
    ),
    resourceClaim: object(claimRequest, 'A network device given out by a resource claim.', kubevirt('ClaimRequest')),
  },
  'A network that interfaces of the machine join.',
  kubevirt('Network'),
);

export const autoattachPodInterface = boolean(
  'False leaves the default network away where no networks are listed. Defaults to true.',
);
