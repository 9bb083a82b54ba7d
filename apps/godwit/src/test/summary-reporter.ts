/** A reporter for node's test runner that says in one JSON line how a run went, for `godwit test`. */
import { Tally, type TestEvent } from './tally.ts';
import { projectRoot } from './tiers.ts';

export default async function* summaryReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tally = new Tally(projectRoot);
  for await (const event of events) tally.hear(event);
  yield `${JSON.stringify(tally.summary())}\n`;
}
