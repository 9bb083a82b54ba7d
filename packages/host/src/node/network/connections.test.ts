import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnections, parseConnections } from './connections.ts';
import { addressOfPort, portName } from './data-plane-names.ts';

const text = `
tcp      6 431999 ESTABLISHED src=10.80.0.9 dst=10.80.128.5 sport=4000 dport=80 src=10.80.0.2 dst=10.80.0.9 sport=8080 dport=4000 [ASSURED] mark=7 use=1
tcp      6 100 TIME_WAIT src=10.80.0.9 dst=10.80.128.5 sport=4001 dport=80 src=10.80.0.2 dst=10.80.0.9 sport=8080 dport=4001 [ASSURED] mark=0 use=1
tcp      6 60 CLOSE_WAIT src=10.80.0.9 dst=10.80.0.2 sport=4002 dport=8080 src=10.80.0.2 dst=10.80.0.9 sport=8080 dport=4002 [ASSURED] mark=0 use=1
tcp      6 60 ESTABLISHED src=10.80.255.1 dst=10.80.0.2 sport=4003 dport=8080 src=10.80.0.2 dst=10.80.255.1 sport=8080 dport=4003 [ASSURED] mark=0 use=1
tcp      6 60 ESTABLISHED src=10.80.255.1 dst=10.80.128.5 sport=4004 dport=80 src=10.80.0.2 dst=10.80.255.1 sport=8080 dport=4004 [ASSURED] mark=0 use=1
udp      17 20 src=10.80.0.9 dst=10.80.0.2 sport=4002 dport=53 src=10.80.0.2 dst=10.80.0.9 sport=53 dport=4002 mark=0 use=1
`;

describe('connections', () => {
  test('open ones to an address count, but for what the host asks it directly', () => {
    const connections = parseConnections(text);
    assert.equal(connections.length, 5);
    assert.equal(openConnections(connections, '10.80.0.2', new Set(['10.80.255.1'])), 3);
    assert.equal(openConnections(connections, '10.80.0.2', new Set()), 4);
    assert.equal(openConnections(connections, '10.80.0.9', new Set()), 0);
  });

  test('the name of a port tells its address', () => {
    assert.equal(portName('10.80.1.254'), 'p0a5001fe');
    assert.equal(addressOfPort('p0a5001fe'), '10.80.1.254');
    assert.equal(addressOfPort('br0'), undefined);
  });
});
