import type { KubeObject } from '@godwit/kinds';
import type { Allocations } from '../options.ts';

interface Question {
  readonly node: KubeObject;
  readonly others: readonly KubeObject[];
  readonly machine: KubeObject;
}

/** Allocations that judge by a rule over the machines which are on the node already, for tests. */
export function judgeBy(rule: (question: Question) => readonly string[]): Allocations {
  const nodes = new Map<string, Map<string, { readonly object: KubeObject }>>();
  return {
    note(node, uid, machine) {
      const there = nodes.get(node) ?? new Map();
      nodes.set(node, there);
      if (machine) there.set(uid, machine);
      else there.delete(uid);
    },
    refusals(node, machine) {
      const there = [...(nodes.get(node.metadata.name ?? '')?.values() ?? [])].map(({ object }) => object);
      return rule({ node, others: there.filter(({ metadata }) => metadata.uid !== machine.metadata.uid), machine });
    },
  };
}
