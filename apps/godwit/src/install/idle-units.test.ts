import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietUnits } from './idle-units.ts';

const packageOf = (name: string, ...units: readonly string[]) => ({ name, provides: name, purpose: 'a test', units });

/** A systemd with units of these states. */
function systemd(states: Readonly<Record<string, 'enabled' | 'active' | 'disabled'>>) {
  const orders: string[] = [];
  const systemctl = (verb = '', ...names: readonly string[]) => {
    const state = states[names[0] ?? ''];
    if (verb === 'is-enabled') return { status: state === 'enabled' ? 0 : 1, stdout: `${state ?? ''}\n` };
    if (verb === 'is-active') return { status: state === 'active' ? 0 : 3, stdout: `${state ?? ''}\n` };
    orders.push([verb, ...names].join(' '));
    return { status: 0, stdout: '' };
  };
  return { systemctl, orders };
}

test('units that were started or would start with the machine are kept off, and that is told once', () => {
  const { systemctl, orders } = systemd({ 'a.service': 'enabled', 'b.socket': 'active', 'c.timer': 'disabled' });
  const said: string[] = [];
  const packages = [packageOf('a', 'a.service', 'absent.service'), packageOf('b', 'b.socket', 'c.timer')];
  quietUnits(packages, (line) => said.push(line), systemctl);
  assert.deepEqual(orders, ['disable --now a.service b.socket', 'reset-failed a.service b.socket']);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /^a\.service, b\.socket:/);
});

test('nothing is ordered where nothing runs, and where there is no systemd', () => {
  const { systemctl, orders } = systemd({ 'a.service': 'disabled' });
  const refuse = () => assert.fail('there is nothing to tell');
  quietUnits([packageOf('a', 'a.service')], refuse, systemctl);
  quietUnits([], refuse, systemctl);
  assert.deepEqual(orders, []);
});
