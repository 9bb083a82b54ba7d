/** The program that downloads a file inside the data plane's network: one order on its input, news on its output. */
import { text } from 'node:stream/consumers';
import { codeOf, describeError, Failure } from '@godwit/base';
import { clusterLookup } from './cluster-lookup.ts';
import { download } from './download.ts';
import type { DownloadNews, DownloadOrder } from './download-within.ts';

/** More often would tell nobody anything. */
const MOST_NEWS = 1_000;

const { path, facts, nameServer } = JSON.parse(await text(process.stdin)) as DownloadOrder;
let told = -1;
try {
  await download(path, {
    ...facts,
    lookup: clusterLookup(nameServer),
    signal: new AbortController().signal,
    onProgress: (percent) => {
      const step = Math.floor((percent / 100) * MOST_NEWS);
      if (step === told) return;
      told = step;
      tell({ percent });
    },
  });
} catch (error) {
  const retryable = !(error instanceof Failure) || error.retryable;
  tell({ failure: { code: codeOf(error) || 'download-failed', message: describeError(error), retryable } });
}

function tell(news: DownloadNews): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}
