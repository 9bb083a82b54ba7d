/** Who may do what: rules in roles, roles given to subjects by bindings. */
export * from './cluster-role.ts';
export * from './cluster-role-binding.ts';
export * from './role.ts';
export * from './role-binding.ts';
export * from './rules.ts';
