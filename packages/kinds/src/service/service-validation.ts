import type { Cause, ValidationContext } from '../machinery/index.ts';
import { isCidr, isIpv4 } from '../validation/addresses.ts';
import {
  dns1035LabelFault,
  dnsSubdomainFault,
  eachItem,
  Faults,
  portNameFault,
  portNumberFault,
  validateLabels,
} from '../validation/index.ts';
import type { Service, ServicePort, ServiceSpec } from './service-body.ts';

const NODE_PORTS = { first: 30_000, last: 32_767 } as const;

function validatePort(port: ServicePort, path: string, spec: ServiceSpec, faults: Faults): void {
  if (port.name) faults.check(`${path}.name`, port.name, portNameFault63);
  else if ((spec.ports?.length ?? 0) > 1) faults.required(`${path}.name`);
  const wrong = portNumberFault(port.port);
  if (wrong) faults.invalid(`${path}.port`, port.port, wrong);
  const target = port.targetPort;
  const wrongTarget =
    typeof target === 'number' ? portNumberFault(target) : target === undefined ? undefined : portNameFault(target);
  if (wrongTarget) faults.invalid(`${path}.targetPort`, target, wrongTarget);
  if (!port.nodePort) return;
  if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') {
    faults.forbidden(`${path}.nodePort`, `may not be used when \`type\` is '${spec.type}'`);
  } else if (port.nodePort < NODE_PORTS.first || port.nodePort > NODE_PORTS.last) {
    const range = `${NODE_PORTS.first}-${NODE_PORTS.last}`;
    faults.invalid(`${path}.nodePort`, port.nodePort, `provided port is not in the valid range: ${range}`);
  }
}

/** Ports of services may have longer names than those of containers. */
function portNameFault63(name: string): string | undefined {
  return dns1035LabelFault(`a${name}`) && dns1035LabelFault(name);
}

function validatePorts(spec: ServiceSpec, faults: Faults): void {
  const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
  if (needsPorts && (spec.ports?.length ?? 0) === 0) faults.required('spec.ports');
  const ports = spec.ports ?? [];
  eachItem(ports, 'spec.ports', (port, path) => validatePort(port, path, spec, faults));
  faults.distinct(
    ports,
    ({ name }) => name || undefined,
    (index) => `spec.ports[${index}].name`,
  );
  faults.distinct(
    ports,
    ({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`,
    (index) => `spec.ports[${index}]`,
  );
  faults.distinct(
    ports,
    ({ nodePort, protocol }) => (nodePort ? `${nodePort}/${protocol ?? 'TCP'}` : undefined),
    (index) => `spec.ports[${index}].nodePort`,
  );
}

function validateAddresses(spec: ServiceSpec, faults: Faults): void {
  const { clusterIP } = spec;
  if (clusterIP && clusterIP !== 'None' && !isIpv4(clusterIP)) {
    faults.invalid('spec.clusterIP', clusterIP, "must be empty, 'None', or an IPv4 address");
  }
  if (spec.type === 'LoadBalancer' && clusterIP === 'None') {
    faults.invalid('spec.clusterIP', clusterIP, "may not be 'None' for LoadBalancer services");
  }
  if (spec.type === 'NodePort' && clusterIP === 'None') {
    faults.invalid('spec.clusterIP', clusterIP, "may not be 'None' for NodePort services");
  }
  eachItem(spec.externalIPs, 'spec.externalIPs', (ip, path) => {
    if (!isIpv4(ip)) faults.invalid(path, ip, 'must be an IPv4 address');
  });
  eachItem(spec.loadBalancerSourceRanges, 'spec.loadBalancerSourceRanges', (range, path) => {
    if (!isCidr(range.trim())) faults.invalid(path, range, 'must be an address range such as 10.0.0.0/8');
  });
}

function validateChange(spec: ServiceSpec, old: ServiceSpec, faults: Faults): void {
  const keepsAddress = old.type !== 'ExternalName' && spec.type !== 'ExternalName';
  if (keepsAddress && old.clusterIP && spec.clusterIP !== old.clusterIP) {
    faults.invalid('spec.clusterIPs[0]', spec.clusterIP ?? '', 'may not change once set');
  }
  if (old.loadBalancerClass && old.type === spec.type && spec.loadBalancerClass !== old.loadBalancerClass) {
    faults.invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? '', 'may not change once set');
  }
}

export function validateService(service: Service, { old }: ValidationContext<Service>): readonly Cause[] {
  const faults = new Faults();
  const { spec, metadata } = service;
  if (metadata.name) faults.check('metadata.name', metadata.name, dns1035LabelFault);
  if (spec.type === 'ExternalName') {
    if (spec.externalName) faults.check('spec.externalName', spec.externalName.replace(/\.$/, ''), dnsSubdomainFault);
    else faults.required('spec.externalName');
  }
  validatePorts(spec, faults);
  validateAddresses(spec, faults);
  validateLabels(spec.selector, 'spec.selector', faults);
  faults.within(
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds,
    1,
    86_400,
  );
  if (old) validateChange(spec, old.spec, faults);
  return faults.causes;
}
