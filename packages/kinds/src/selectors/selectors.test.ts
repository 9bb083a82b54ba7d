import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pod } from '../pod/pod.ts';
import { anyKind } from '../registry.ts';
import { fieldMatcher, parseFieldSelector } from './field-selector.ts';
import { hasLabels, type LabelRequirement, matchesLabels, selects } from './label-requirement.ts';
import { formatLabelSelector, formatRequirements, parseLabelSelector } from './label-selector-text.ts';

test('label selectors in text form', () => {
  const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ['', {}, true],
    ['app=web', { app: 'web' }, true],
    ['app==web', { app: 'db' }, false],
    ['app!=web', {}, true],
    ['app != web , tier', { app: 'db', tier: 'x' }, true],
    ['app in (web, db)', { app: 'db' }, true],
    ['app in (web,db),!canary', { app: 'db', canary: '' }, false],
    ['app notin (web)', {}, true],
    ['app', { app: '' }, true],
    ['!app', {}, true],
    ['size>3', { size: '4' }, true],
    ['size<3', { size: '4' }, false],
    ['app=', { app: '' }, true],
    ['app in ()', { app: '' }, true],
    ['example.com/x=y', { 'example.com/x': 'y' }, true],
  ];
  for (const [text, labels, expected] of cases) {
    assert.equal(matchesLabels(parseLabelSelector(text), labels), expected, `${text} on ${JSON.stringify(labels)}`);
  }
});

test('faulty label selectors are refused as bad requests', () => {
  for (const text of ['=x', 'a=b c', 'a in', 'a in b', 'a=b,', ',a', '-a=b', 'a>x', 'a=@', 'a=b=c', 'ain (b)']) {
    assert.throws(() => parseLabelSelector(text), { code: 'BadRequest' }, text);
  }
});

test('keys of the prototype chain are no labels', () => {
  assert.equal(matchesLabels(parseLabelSelector('constructor'), {}), false);
  assert.equal(hasLabels({ toString: 'x' }, {}), false);
});

test('selector objects: absent selects none, empty all', () => {
  assert.equal(selects(undefined, { a: 'b' }), false);
  assert.equal(selects({}, { a: 'b' }), true);
  const selector = { matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'Exists' as const }] };
  assert.equal(selects(selector, { a: 'x', b: '1' }), true);
  assert.equal(selects(selector, { b: '1' }), false);
  assert.equal(formatLabelSelector(selector), 'a,b=1');
  assert.equal(hasLabels({}, { a: 'b' }), false);
  assert.equal(hasLabels({ a: 'b' }, { a: 'b', c: 'd' }), true);
});

const word = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
  fc.record(
    {
      key: word,
      operator: fc.constantFrom('In' as const, 'NotIn' as const),
      values: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((values) => values.sort()),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      key: word,
      operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
      values: fc.constant([]),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      key: word,
      operator: fc.constantFrom('GreaterThan' as const, 'LessThan' as const),
      values: fc.integer().map((value) => [String(value)]),
    },
    { noNullPrototype: true },
  ),
);

test('what is formatted is read back the same', () => {
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), (requirements) => {
      assert.deepEqual(parseLabelSelector(formatRequirements(requirements)), requirements);
    }),
  );
});

test('field selectors', () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a,b', namespace: 'n' }, spec: { containers: [] } };
  const matches = (text: string) => fieldMatcher(anyKind(pod), parseFieldSelector(text))(object);
  assert.equal(matches(''), true);
  assert.equal(matches('metadata.name=a\\,b'), true);
  assert.equal(matches('metadata.name!=x,metadata.namespace==n'), true);
  assert.equal(matches('metadata.namespace=m'), false);
  assert.equal(matches('spec.nodeName='), true);
  assert.throws(() => matches('spec.nothing=1'), { code: 'BadRequest' });
  assert.throws(() => matches('metadata.name'), { code: 'BadRequest' });
});
