import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import type { Loose } from '../operations/testing/loose.ts';
import { openDoor, pod, pods } from '../operations/testing/open-door.ts';
import { createAuthenticator } from './create-authenticator.ts';
import { createTokenIssuer, newTokenKey } from './jwt-token-issuer.ts';

const accounts = { group: '', version: 'v1', plural: 'serviceaccounts', namespace: 'default' };

async function withTokens() {
  const random = new SeededRandom(7);
  const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };
  const tokens = await createTokenIssuer({ world, key: await newTokenKey('one'), issuer: 'https://cloud.test' });
  const opened = await openDoor({ world, tokens });
  const authenticator = createAuthenticator({ world, tokens, holds: (claims) => opened.operations.tokenHolds(claims) });
  const ask = async (spec: object): Promise<Loose> =>
    opened.door.create({ ...accounts, name: 'default', subresource: 'token' }, { spec });
  return { ...opened, world, tokens, authenticator, ask };
}

test('a token says who its account is, until it expires', async () => {
  const { ask, authenticator, world } = await withTokens();
  const { status } = await ask({});
  assert.equal(status.expirationTimestamp, '2026-01-01T01:00:00Z');
  const user = await authenticator.authenticate({ bearerToken: status.token });
  assert.equal(user.name, 'system:serviceaccount:default:default');
  assert.deepEqual(user.groups, ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated']);
  await world.clock.advance(3_700_000, async () => {});
  await assert.rejects(authenticator.authenticate({ bearerToken: status.token }), { code: 'Unauthorized' });
});

test('a token ends with what it is bound to, and with its account', async () => {
  const { ask, authenticator, door } = await withTokens();
  await door.create(pods, pod('web'));
  const { status } = await ask({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'web' } });
  const bearerToken = status.token;
  const user = await authenticator.authenticate({ bearerToken });
  assert.deepEqual(user.extra?.['authentication.kubernetes.io/pod-name'], ['web']);
  await door.delete({ ...pods, name: 'web' });
  await assert.rejects(authenticator.authenticate({ bearerToken }), { code: 'Unauthorized' });
  const other = await ask({});
  await door.delete({ ...accounts, name: 'default' });
  await door.create(accounts, { metadata: { name: 'default' } });
  await assert.rejects(authenticator.authenticate({ bearerToken: other.status.token }), { code: 'Unauthorized' });
});

test('tokens of others, of other audiences and of nobody are refused', async () => {
  const { ask, authenticator, world, door } = await withTokens();
  const stranger = await createTokenIssuer({ world, key: await newTokenKey('two'), issuer: 'https://cloud.test' });
  const claims = {
    namespace: 'default',
    serviceAccount: { name: 'default', uid: 'x' },
    audiences: [stranger.defaultAudience],
    expirationSeconds: 600,
  };
  const forged = await stranger.issue(claims);
  await assert.rejects(authenticator.authenticate({ bearerToken: forged.token }), { code: 'Unauthorized' });
  const vault = await ask({ audiences: ['vault'], expirationSeconds: 600 });
  await assert.rejects(authenticator.authenticate({ bearerToken: vault.status.token }), { code: 'Unauthorized' });
  await assert.rejects(authenticator.authenticate({ bearerToken: 'nonsense' }), { code: 'Unauthorized' });
  assert.equal((await authenticator.authenticate({})).name, 'system:anonymous');
  await assert.rejects(ask({ expirationSeconds: 60 }), { code: 'Invalid' });
  const reviews = { group: 'authentication.k8s.io', version: 'v1', plural: 'tokenreviews' };
  const review: Loose = await door.create(reviews, { spec: { token: vault.status.token, audiences: ['vault', 'x'] } });
  assert.equal(review.status.authenticated, true);
  assert.deepEqual(review.status.audiences, ['vault']);
  const wrong: Loose = await door.create(reviews, { spec: { token: forged.token } });
  assert.equal(wrong.status.authenticated, undefined);
});

test('a certificate names a user and his groups', async () => {
  const { authenticator } = await withTokens();
  const user = await authenticator.authenticate({
    certificate: { commonName: 'admin', organizations: ['system:masters'] },
  });
  assert.deepEqual(user, { name: 'admin', groups: ['system:masters', 'system:authenticated'] });
});
