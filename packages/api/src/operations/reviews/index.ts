import type { Address } from '@godwit/kinds';
import { Document } from '../../documents/document.ts';
import type { Engine } from '../engine.ts';
import type { Caller, DocumentWriteOptions, Written } from '../operations.ts';
import { readObject } from '../read-object.ts';
import { localAccessReview, selfAccessReview, selfRulesReview, subjectAccessReview } from './access-reviews.ts';
import { selfReview, tokenReview } from './identity-reviews.ts';
import type { Review } from './review.ts';

/** Questions to the door itself, answered and never stored: may somebody do this, whose token is this, who am I. */
const reviews: Readonly<Record<string, Review>> = {
  'authorization.k8s.io/selfsubjectaccessreviews': selfAccessReview,
  'authorization.k8s.io/subjectaccessreviews': subjectAccessReview,
  'authorization.k8s.io/localsubjectaccessreviews': localAccessReview,
  'authorization.k8s.io/selfsubjectrulesreviews': selfRulesReview,
  'authentication.k8s.io/tokenreviews': tokenReview,
  'authentication.k8s.io/selfsubjectreviews': selfReview,
};

/** The answer to a review, or undefined for every other kind. */
export async function answerReview(
  engine: Engine,
  caller: Caller,
  address: Address,
  value: unknown,
  options: DocumentWriteOptions = {},
): Promise<Written | undefined> {
  const review = reviews[`${address.group}/${address.plural}`];
  if (!review) return undefined;
  const kind = engine.kinds.at(address);
  // Asking about oneself is free: every part that serves a user asks in his name.
  if (!review.free) engine.authorizeAddress(caller, 'create', address);
  const { name: _, ...place } = address;
  const question = readObject(caller, kind, place, withoutStatus(value), options);
  const status = await review.answer(engine, caller, question, address);
  return { document: Document.answer({ ...question, status }), created: true };
}

/** Clients send the empty answer along with the question; it is no part of what must be right. */
function withoutStatus(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('status' in value)) return value;
  const { status: _, ...question } = value;
  return question;
}
