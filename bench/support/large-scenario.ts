import type { Scenario } from '@godwit/kinds';

const THRIFTY = {
  name: 'thrifty',
  placement: { strategy: 'energy' },
  balance: { mode: 'automatic' },
  power: { mode: 'automatic' },
} as const;

/**
 * One day of a cloud of so many hosts with ten machines each: loads by the time of day, arrivals, and a rack lost.
 * @param isThrifty machines are measured, and moved so that hosts can sleep
 */
export function largeScenario(hosts: number, isThrifty = false): Scenario {
  return {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: `${hosts}-hosts` },
    spec: {
      duration: '24h',
      sampleEvery: '5m',
      hosts: [{ name: 'host', count: hosts, cpu: '64', memory: '256Gi', racks: Math.max(2, hosts / 40), zones: 2 }],
      machines: [
        { name: 'small', count: hosts * 6, cpu: '2', memory: '8Gi', load: { low: 0.1, high: 0.7 } },
        { name: 'large', count: hosts * 4, cpu: '4', memory: '16Gi', load: { low: 0.2, high: 0.5, peakAt: '22h' } },
      ],
      events: [
        { at: '2h', lose: { rack: 'rack-1' }, for: '4h' },
        { at: '9h', add: { machines: 'small', count: hosts / 10 }, for: '8h' },
        { at: '20h', lose: { host: 'host-0' } },
      ],
      ...(isThrifty && { policies: [THRIFTY] }),
    },
  };
}
