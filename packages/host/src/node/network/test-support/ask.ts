/**
 * A client for tests, run in a machine's namespace: `ask.ts URL [COUNT [SOURCE [MILLISECONDS]]]` prints the answers
 * to COUNT GETs, one a line, each over a connection of its own, and waits so long for each.
 */
import { request } from 'node:http';

const [url = '', count = '1', source, patienceMs = '60000'] = process.argv.slice(2);

function ask(): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent: false as const, timeout: Number(patienceMs), ...(source && { localAddress: source }) };
    const call = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', reject);
    call.end();
  });
}

for (let i = 0; i < Number(count); i++) console.log(await ask());
