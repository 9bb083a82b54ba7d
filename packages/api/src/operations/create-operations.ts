import type { KindDefinition } from '@godwit/kinds';
import { AddressPool } from '../admission/addresses/address-pool.ts';
import { builtInAdmitters } from '../admission/index.ts';
import { type MachineHub, NodeAuthorizer } from '../authorization/node-authorizer.ts';
import { anyOf, mastersAuthorizer, RbacAuthorizer } from '../authorization/rbac-authorizer.ts';
import { RbacIndex } from '../authorization/rbac-index.ts';
import type { KindHub } from '../documents/kind-hub.ts';
import { bootstrap } from './bootstrap.ts';
import { Engine } from './engine.ts';
import type { Operations } from './operations.ts';
import type { OperationsOptions } from './options.ts';
import { ServedOperations } from './served-operations.ts';

/**
 * Opens the door over a store: fills the caches that authorisation and admission decide with, and makes what
 * every cloud begins with. Resolves when requests can be served.
 */
export async function createOperations(options: OperationsOptions): Promise<Operations> {
  const engine = new Engine(options);
  const live = async (group: string, version: string, plural: string): Promise<KindHub | undefined> => {
    const kind: KindDefinition | undefined = engine.kinds.find(group, version, plural);
    return kind && engine.hubs.live(kind);
  };
  engine.machines = await machineHubs(live);
  engine.rbac = await rbacIndex(live);
  const [addresses, networks] = await Promise.all([
    live('networking.k8s.io', 'v1', 'ipaddresses'),
    live('godwit.dev', 'v1alpha1', 'networks'),
  ]);
  if (addresses && networks) engine.addresses = new AddressPool(engine.world, addresses, networks);
  engine.authorizer =
    options.authorizer ??
    anyOf(
      mastersAuthorizer,
      new NodeAuthorizer(engine.machines, await live('', 'v1', 'persistentvolumes')),
      ...(engine.rbac ? [new RbacAuthorizer(engine.rbac)] : []),
    );
  engine.admitters = [...(await builtInAdmitters(engine, live)), ...(options.admitters ?? [])];
  if (options.bootstrap !== false) await bootstrap(engine);
  return new ServedOperations(engine);
}

type Live = (group: string, version: string, plural: string) => Promise<KindHub | undefined>;

async function machineHubs(live: Live): Promise<readonly MachineHub[]> {
  const [pods, instances] = await Promise.all([
    live('', 'v1', 'pods'),
    live('kubevirt.io', 'v1', 'virtualmachineinstances'),
  ]);
  return [
    ...(pods ? [{ hub: pods, nodeField: 'spec.nodeName' }] : []),
    ...(instances
      ? [{ hub: instances, nodeField: 'status.nodeName', comingField: 'status.migrationState.targetNode' }]
      : []),
  ];
}

async function rbacIndex(live: Live): Promise<RbacIndex | undefined> {
  const group = 'rbac.authorization.k8s.io';
  const [roles, clusterRoles, roleBindings, clusterRoleBindings] = await Promise.all([
    live(group, 'v1', 'roles'),
    live(group, 'v1', 'clusterroles'),
    live(group, 'v1', 'rolebindings'),
    live(group, 'v1', 'clusterrolebindings'),
  ]);
  if (!roles || !clusterRoles || !roleBindings || !clusterRoleBindings) return undefined;
  return new RbacIndex({ roles, clusterRoles, roleBindings, clusterRoleBindings });
}
