/** Messages of coordination, discovery, events, networking and storage (.k8s.io). How to read them: `message-table.ts`. */
export const coordinationMessages = `
Lease: 1 metadata meta.ObjectMeta, 2 spec LeaseSpec
LeaseSpec: 1 holderIdentity string?, 2 leaseDurationSeconds int?, 3 acquireTime MicroTime, 4 renewTime MicroTime,
  5 leaseTransitions int?, 6 strategy string?, 7 preferredHolder string?
`;

export const discoveryMessages = `
Endpoint: 1 addresses []string, 2 conditions EndpointConditions, 3 hostname string?,
  4 targetRef core.ObjectReference, 5 deprecatedTopology {}string, 6 nodeName string?, 7 zone string?,
  8 hints EndpointHints
EndpointConditions: 1 ready bool?, 2 serving bool?, 3 terminating bool?
EndpointHints: 1 forZones []ForZone, 2 forNodes []ForNode
EndpointPort: 1 name string?, 2 protocol string?, 3 port int?, 4 appProtocol string?
EndpointSlice: 1 metadata meta.ObjectMeta, 2 endpoints []Endpoint, 3 ports []EndpointPort, 4 addressType string
ForNode: 1 name string
ForZone: 1 name string
`;

export const eventsMessages = `
Event: 1 metadata meta.ObjectMeta, 2 eventTime MicroTime, 3 series EventSeries, 4 reportingController string,
  5 reportingInstance string, 6 action string, 7 reason string, 8 regarding core.ObjectReference,
  9 related core.ObjectReference, 10 note string, 11 type string, 12 deprecatedSource core.EventSource,
  13 deprecatedFirstTimestamp Time, 14 deprecatedLastTimestamp Time, 15 deprecatedCount int
EventSeries: 1 count int, 2 lastObservedTime MicroTime
`;

export const networkingMessages = `
HTTPIngressPath: 1 path string, 2 backend IngressBackend, 3 pathType string?
HTTPIngressRuleValue: 1 paths []HTTPIngressPath
IPAddress: 1 metadata meta.ObjectMeta, 2 spec IPAddressSpec
IPAddressSpec: 1 parentRef ParentReference
IPBlock: 1 cidr string, 2 except []string
Ingress: 1 metadata meta.ObjectMeta, 2 spec IngressSpec, 3 status IngressStatus
IngressBackend: 3 resource core.TypedLocalObjectReference, 4 service IngressServiceBackend
IngressClass: 1 metadata meta.ObjectMeta, 2 spec IngressClassSpec
IngressClassParametersReference: 1 apiGroup string?, 2 kind string, 3 name string, 4 scope string?,
  5 namespace string?
IngressClassSpec: 1 controller string, 2 parameters IngressClassParametersReference
IngressLoadBalancerIngress: 1 ip string, 2 hostname string, 4 ports []IngressPortStatus
IngressLoadBalancerStatus: 1 ingress []IngressLoadBalancerIngress
IngressPortStatus: 1 port int, 2 protocol string, 3 error string?
IngressRule: 1 host string, 2 ...IngressRuleValue
IngressRuleValue: 1 http HTTPIngressRuleValue
IngressServiceBackend: 1 name string, 2 port ServiceBackendPort
IngressSpec: 1 defaultBackend IngressBackend, 2 tls []IngressTLS, 3 rules []IngressRule, 4 ingressClassName string?
IngressStatus: 1 loadBalancer IngressLoadBalancerStatus
IngressTLS: 1 hosts []string, 2 secretName string
NetworkPolicy: 1 metadata meta.ObjectMeta, 2 spec NetworkPolicySpec
NetworkPolicyEgressRule: 1 ports []NetworkPolicyPort, 2 to []NetworkPolicyPeer
NetworkPolicyIngressRule: 1 ports []NetworkPolicyPort, 2 from []NetworkPolicyPeer
NetworkPolicyPeer: 1 podSelector meta.LabelSelector, 2 namespaceSelector meta.LabelSelector, 3 ipBlock IPBlock
NetworkPolicyPort: 1 protocol string?, 2 port IntOrString, 3 endPort int?
NetworkPolicySpec: 1 podSelector meta.LabelSelector, 2 ingress []NetworkPolicyIngressRule,
  3 egress []NetworkPolicyEgressRule, 4 policyTypes []string
ParentReference: 1 group string, 2 resource string, 3 namespace string, 4 name string
ServiceBackendPort: 1 name string, 2 number int
ServiceCIDR: 1 metadata meta.ObjectMeta, 2 spec ServiceCIDRSpec, 3 status ServiceCIDRStatus
ServiceCIDRSpec: 1 cidrs []string
ServiceCIDRStatus: 1 conditions []meta.Condition
`;

export const storageMessages = `
StorageClass: 1 metadata meta.ObjectMeta, 2 provisioner string, 3 parameters {}string, 4 reclaimPolicy string?,
  5 mountOptions []string, 6 allowVolumeExpansion bool?, 7 volumeBindingMode string?,
  8 allowedTopologies []core.TopologySelectorTerm
`;
