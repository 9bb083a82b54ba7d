import { builtInKinds, type KindDefinition } from '@godwit/kinds';

/**
 * Kinds that are taken over from a cloud, by their plural: all that decides where machines are, how many there are, and
 * what may become of them. Not among them is what only tells (events, decisions), what is made anew (addresses,
 * leases, endpoints), who may do what, and whatever holds secrets.
 */
const TAKEN: readonly string[] = [
  'namespaces',
  'nodes',
  'priorityclasses',
  'storageclasses',
  'persistentvolumes',
  'balancepolicies',
  'resourcequotas',
  'limitranges',
  'serviceaccounts',
  'persistentvolumeclaims',
  'datavolumes',
  'controllerrevisions',
  'virtualmachineinstancetypes',
  'virtualmachineclusterinstancetypes',
  'virtualmachinepreferences',
  'virtualmachineclusterpreferences',
  'deployments',
  'replicasets',
  'virtualmachinepools',
  'virtualmachineinstancereplicasets',
  'virtualmachines',
  'virtualmachineinstances',
  'pods',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
  'elasticpolicies',
];

/** Those kinds, in the version in which they are stored. */
export const takenKinds: readonly KindDefinition[] = TAKEN.map((plural) => {
  const kind = builtInKinds.find((each) => each.plural === plural);
  if (!kind) throw new Error(`there is no kind ${plural}`);
  return kind;
});
