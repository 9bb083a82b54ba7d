import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReason } from '@godwit/kinds';
import { deleteOptions, listOptions, watchOptions, writeOptions } from './options.ts';
import { Query } from './query.ts';

test('a query is unescaped, and repeated parameters are kept', () => {
  const query = new Query('labelSelector=app%3Dweb%2Ctier+in+%28a%29&command=ls&command=-l&flag&off=false');
  assert.equal(query.get('labelSelector'), 'app=web,tier in (a)');
  assert.deepEqual(query.all('command'), ['ls', '-l']);
  assert.equal(query.flag('flag'), true);
  assert.equal(query.flag('off'), false);
  assert.equal(query.flag('absent'), false);
});

test('list and watch options', () => {
  assert.deepEqual(listOptions(new Query('limit=500&continue=abc&resourceVersion=7&resourceVersionMatch=Exact')), {
    limit: 500,
    continue: 'abc',
    resourceVersion: '7',
    resourceVersionMatch: 'Exact',
  });
  assert.deepEqual(watchOptions(new Query('watch=1&allowWatchBookmarks=true&timeoutSeconds=30&fieldSelector=a%3Db')), {
    fieldSelector: 'a=b',
    allowWatchBookmarks: true,
    timeoutSeconds: 30,
  });
});

test('deletion: parameters win over the body', () => {
  const body = { gracePeriodSeconds: 30, propagationPolicy: 'Orphan', preconditions: { uid: 'u' }, dryRun: ['All'] };
  assert.deepEqual(deleteOptions(new Query('gracePeriodSeconds=0'), body), {
    gracePeriodSeconds: 0,
    propagationPolicy: 'Orphan',
    preconditions: { uid: 'u' },
    dryRun: true,
  });
  assert.deepEqual(deleteOptions(Query.none, { orphanDependents: false }), { propagationPolicy: 'Background' });
});

test('options that mean nothing are refused by name', () => {
  const refused = (run: () => unknown, name: RegExp) =>
    assert.throws(run, (error: unknown) => isReason(error, 'BadRequest') && name.test((error as Error).message));
  refused(() => writeOptions(new Query('dryRun=Some')), /^dryRun/);
  refused(() => writeOptions(new Query('fieldValidation=strict')), /^fieldValidation/);
  refused(() => listOptions(new Query('limit=many')), /^limit/);
  refused(() => listOptions(new Query('resourceVersionMatch=Exact')), /^resourceVersionMatch/);
  refused(() => deleteOptions(new Query('propagationPolicy=All'), undefined), /^propagationPolicy/);
  refused(() => deleteOptions(Query.none, { gracePeriodSeconds: -1 }), /^gracePeriodSeconds/);
});
