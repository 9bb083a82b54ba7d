/** Questions about identity: whose token is this, a new token please, who am I. Asked, never stored. */
export * from './self-subject-review.ts';
export * from './token-request.ts';
export * from './token-review.ts';
export * from './user-info.ts';
