import {
  boolean,
  int32,
  intOrString,
  type KindOf,
  listOf,
  mapOf,
  object,
  oneOf,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { condition } from '../shared/condition.ts';
import { coreName } from '../shared/openapi-names.ts';

const protocol = oneOf(['TCP', 'UDP', 'SCTP'], 'TCP by default.');

const servicePort = object(
  {
    name: string('Name of the port; needed when there are several.'),
    protocol,
    appProtocol: string('What is spoken on the port, such as http.'),
    port: required(int32('Port of the service.')),
    targetPort: intOrString('Port of the machine, by number or name; that of the service by default.'),
    nodePort: int32('Port of every node, for NodePort and LoadBalancer.'),
  },
  'A port of the service.',
  coreName('ServicePort'),
);
export type ServicePort = Static<typeof servicePort>;

const spec = object(
  {
    ports: listOf(servicePort, 'Ports of the service.', { keys: ['port', 'protocol'] }),
    selector: mapOf(string(), 'Labels of the machines that answer.', { atomic: true }),
    clusterIP: string('Address of the service; None for no address of its own.'),
    clusterIPs: listOf(string(), 'Addresses of the service.'),
    type: oneOf(
      ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
      'From where it is reached; ClusterIP by default.',
    ),
    externalIPs: listOf(string(), 'More addresses that the nodes accept.'),
    sessionAffinity: oneOf(['None', 'ClientIP'], 'Whether a client stays with one machine.'),
    loadBalancerIP: string('Address that is asked for.'),
    loadBalancerSourceRanges: listOf(string(), 'Clients that may use the load balancer.'),
    externalName: string('DNS name that stands for the service.'),
    externalTrafficPolicy: oneOf(['Cluster', 'Local'], 'Whether outside traffic stays on the node.'),
    healthCheckNodePort: int32('Port for health checks with externalTrafficPolicy Local.'),
    publishNotReadyAddresses: boolean('Machines that are not ready count too.'),
    sessionAffinityConfig: object(
      {
        clientIP: object(
          { timeoutSeconds: int32('How long a client stays; 10800 by default.') },
          'Affinity by client address.',
          coreName('ClientIPConfig'),
        ),
      },
      'Settings of session affinity.',
      coreName('SessionAffinityConfig'),
    ),
    ipFamilies: listOf(oneOf(['IPv4', 'IPv6']), 'Address families.'),
    ipFamilyPolicy: oneOf(['SingleStack', 'PreferDualStack', 'RequireDualStack'], 'How many address families.'),
    allocateLoadBalancerNodePorts: boolean('Whether a LoadBalancer has node ports; true by default.'),
    loadBalancerClass: string('Which load balancer serves it.'),
    internalTrafficPolicy: oneOf(['Cluster', 'Local'], 'Whether inside traffic stays on the node.'),
    trafficDistribution: string('Preference among machines, such as PreferClose.'),
  },
  'Which machines answer, and under which addresses.',
  coreName('ServiceSpec'),
);
export type ServiceSpec = Static<typeof spec>;

const ingress = object(
  {
    ip: string('Address.'),
    hostname: string('DNS name.'),
    ipMode: oneOf(['VIP', 'Proxy'], 'Whether packets arrive with this address.'),
    ports: listOf(
      object(
        { port: required(int32('Port.')), protocol: required(protocol), error: string('What is wrong with it.') },
        'How a port stands.',
        coreName('PortStatus'),
      ),
      'How the ports stand.',
    ),
  },
  'An address from outside.',
  coreName('LoadBalancerIngress'),
);

const status = object(
  {
    loadBalancer: object(
      { ingress: listOf(ingress, 'Addresses from outside.') },
      'How the load balancer stands.',
      coreName('LoadBalancerStatus'),
    ),
    conditions: listOf(condition, 'How the service stands.', { keys: ['type'] }),
  },
  'How the service stands.',
  coreName('ServiceStatus'),
);

export const serviceBody = object({ spec: required(spec), status });
export type Service = KindOf<Static<typeof serviceBody>>;
