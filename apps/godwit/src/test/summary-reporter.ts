/** A reporter for node's test runner that says in one JSON line how a run went, for `godwit test`. */
interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    readonly skip?: string | boolean;
    readonly details?: { readonly type?: string };
  };
}

/** What one run of node's test runner did. */
export interface RunSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export default async function* summaryReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  const skipped: { name: string; reason: string }[] = [];
  for await (const { type, data } of events) {
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:fail') failed++;
    else if (type === 'test:pass' && data.skip !== undefined)
      skipped.push({ name: `${data.name}`, reason: `${data.skip}` });
    else if (type === 'test:pass') passed++;
  }
  yield `${JSON.stringify({ passed, failed, skipped } satisfies RunSummary)}\n`;
}
