import type { User } from './user.ts';

/** What somebody wants to do, as RBAC sees it. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  /** Plural; `*` in reviews means all. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** For list and watch: fields that must equal one value, which narrows what is asked for. */
  readonly fields?: ReadonlyMap<string, string>;
}

export interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why, for people. */
  readonly reason?: string;
}

/** Synchronous on purpose: every request passes here, and all that it needs is kept in memory. */
export interface Authorizer {
  decide(user: User, attributes: Attributes): Decision;
}
