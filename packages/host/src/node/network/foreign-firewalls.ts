import { run } from './command.ts';
import type { DataPlaneNames } from './data-plane-names.ts';

interface ChainFacts {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly type?: string;
}

/**
 * Lets machines through the forward chains of other programs (Docker, ufw, firewalld): nftables asks all of
 * them, so our own acceptance alone is not enough where one drops. Two marked rules at the head of each such
 * chain; nothing else of theirs is touched. Their input chains are not: what the host serves is its owner's
 * decision.
 */
export async function passForeignFirewalls({ table, uplink }: DataPlaneNames): Promise<void> {
  for (const chain of await foreignForwardChains()) {
    // A chain that its owner takes away meanwhile needs nothing; one that cannot be changed is looked at again later.
    await passChain(chain, table, uplink).catch(() => {});
  }
}

async function passChain(chain: ChainFacts, table: string, uplink: string): Promise<void> {
  const text = await listChain(chain);
  const rules = ruleLines(text);
  if (rules.some((line) => isOurs(line, table))) return;
  if (rules.length === 0 && !text.includes('policy drop')) return;
  const path = `${chain.family} ${chain.table} ${chain.name}`;
  const insert = (match: string) => `insert rule ${path} ${match} "${uplink}" counter accept comment "${table}"\n`;
  await run(['nft', '-f', '-'], { input: insert('iifname') + insert('oifname') });
}

/** Takes our rules out of the chains of others. What goes with a chain that its owner takes away meanwhile is gone, too. */
export async function leaveForeignFirewalls({ table }: DataPlaneNames): Promise<void> {
  for (const rule of await ourRules(table)) {
    await run(['nft', `delete rule ${rule}`]).catch(async (error: unknown) => {
      if ((await ourRules(table)).includes(rule)) throw error;
    });
  }
}

/** Our rules in tables of others, as `family table chain handle N`: all of one moment. */
async function ourRules(table: string): Promise<readonly string[]> {
  const rules: string[] = [];
  let [path, chain] = ['', ''];
  for (const line of (await run(['nft', '-a', 'list', 'ruleset'])).split('\n')) {
    path = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? path;
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? chain;
    const handle = / # handle (\d+)$/.exec(line)?.[1];
    if (handle && isOurs(line, table)) rules.push(`${path} ${chain} handle ${handle}`);
  }
  return rules;
}

async function foreignForwardChains(): Promise<ChainFacts[]> {
  const { nftables } = JSON.parse(await run(['nft', '-j', 'list', 'chains'])) as {
    readonly nftables: readonly { readonly chain?: ChainFacts }[];
  };
  return nftables
    .flatMap(({ chain }) => chain ?? [])
    .filter(({ family, table, hook, type }) => {
      const isIpv4 = family === 'ip' || family === 'inet';
      return isIpv4 && hook === 'forward' && type === 'filter' && !table.startsWith('godwit_');
    });
}

function listChain({ family, table, name }: ChainFacts): Promise<string> {
  return run(['nft', '-a', 'list', 'chain', family, table, name]);
}

function ruleLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /# handle \d+$/.test(line) && !line.startsWith('chain ') && !line.startsWith('table '));
}

function isOurs(line: string, table: string): boolean {
  return line.includes(`comment "${table}"`);
}
