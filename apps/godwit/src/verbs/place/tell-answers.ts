import type { Terminal } from '../../terminal/terminal.ts';
import type { Answer } from './place.ts';

/** Machines one after the other of which the same is to be told: all without a host, for the same reason. */
export interface ToldTogether {
  readonly answers: readonly [Answer, ...Answer[]];
}

/** Those with a host stand alone: each has reasons of its own. */
export function toldTogether(answers: readonly Answer[]): readonly ToldTogether[] {
  const groups: { readonly answers: [Answer, ...Answer[]] }[] = [];
  for (const answer of answers) {
    const last = groups.at(-1);
    const isSame = last?.answers.every(
      ({ of, host, explanation }) => host === null && of === answer.of && explanation === answer.explanation,
    );
    if (last && isSame && answer.host === null) last.answers.push(answer);
    else groups.push({ answers: [answer] });
  }
  return groups;
}

/** Says of each machine where it goes, or what it lacks. @param where such as `would run` */
export function tellAnswers(terminal: Terminal, all: readonly Answer[], where: string): void {
  for (const { answers } of toldTogether(all)) {
    const [first] = answers;
    const last = answers.at(-1) ?? first;
    const many = answers.length === 1 ? '' : ` to ${last.machine}, ${answers.length} machines`;
    const title = `${first.machine}${many} (${first.of})`;
    if (first.host === null) terminal.failure(`${title}: no host`);
    else terminal.success(`${title}: ${where} on ${first.host}`);
    terminal.line(`  ${first.explanation}`);
  }
}
