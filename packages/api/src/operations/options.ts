import type { World } from '@godwit/base';
import type { KindDefinition, KubeObject, MachineAccess, UsageAccess, ValueReader, VolumeAccess } from '@godwit/kinds';
import type { Store } from '@godwit/store';
import type { Admitter } from '../admission/admitter.ts';
import type { TokenIssuer } from '../authentication/token-issuer.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { DerivedKind } from '../documents/derived-hub.ts';

/** What `createOperations` needs. Only `world`, `store` and `kinds` have no default. */
export interface OperationsOptions {
  readonly world: World;
  readonly store: Store;
  readonly kinds: readonly KindDefinition[];
  /** Run after the built-in chain, in this order. */
  readonly admitters?: readonly Admitter[];
  /** Defaults to masters, then the node authoriser, then RBAC. */
  readonly authorizer?: Authorizer;
  /** The machines of a host, by node name; undefined when that host cannot be reached. */
  readonly machines?: (node: string) => MachineAccess | undefined;
  /** What a host and its machines use, by node name; undefined when that host cannot be asked. */
  readonly usage?: (node: string) => UsageAccess | undefined;
  /** Metrics of machines and other objects; without it `custom.metrics.k8s.io` and `external.metrics.k8s.io` are not served. */
  readonly values?: ValueReader;
  /** The volumes of a host, by node name; undefined when that host cannot be reached. */
  readonly volumes?: (node: string) => VolumeAccess | undefined;
  /** Judges whether a machine fits on a node beside those that are there; without it everything fits. */
  readonly allocations?: Allocations;
  /** Kinds among `kinds` whose objects stand in the objects of others. */
  readonly derived?: readonly DerivedKind[];
  /** Signs service account tokens; without it `serviceaccounts/token` answers NotFound. */
  readonly tokens?: TokenIssuer;
  /**
   * The newest revision of the store, where other processes write to it too: reads that ask for the most
   * recent state wait for it. Defaults to `store.revision`, which is right when this is the only writer.
   */
  readonly tip?: () => Promise<number>;
  /** PEM: what pods find as `ca.crt` beside their token. */
  readonly rootCertificate?: string;
  /** Lets others run in the middle of long work, such as `setImmediate`; without it nothing is interrupted. */
  readonly breathe?: () => Promise<void>;
  /** Freezes every object that is stored, so that whoever changes a shared one is found. For tests and simulation. */
  readonly freeze?: boolean;
  /** Makes the namespaces, roles and bindings that every cloud begins with. Defaults to true. */
  readonly bootstrap?: boolean;
}

/** Keeps count of what every node has given out, and says who may come. */
export interface Allocations {
  /**
   * The machine `uid` is on a node or on its way there, as `machine` says when it is asked for its object; undefined:
   * it is not.
   */
  note(node: string, uid: string, machine: { readonly object: KubeObject } | undefined): void;
  /** Why `machine` does not fit on `node` beside the others there; empty when it does. */
  refusals(node: KubeObject, machine: KubeObject): readonly string[];
}
