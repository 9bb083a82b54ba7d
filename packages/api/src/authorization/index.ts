/**
 * Who may do what. `rbac-index` keeps roles and bindings by subject, so that a check costs the rules of one
 * user; `node-authorizer` knows what a host needs; `escalation` keeps people from giving more than they have.
 */
export * from './authorizer.ts';
export * from './bootstrap-roles.ts';
export * from './escalation.ts';
export * from './node-authorizer.ts';
export * from './rbac-authorizer.ts';
export * from './rbac-index.ts';
export * from './rules.ts';
export * from './user.ts';
