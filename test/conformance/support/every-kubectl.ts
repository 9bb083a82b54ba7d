import { after, before, type TestContext, test } from 'node:test';
import { findKubectls } from '../../support/kubectl.ts';
import { ApiUnderTest } from './api-under-test.ts';
import { KubectlSession } from './kubectl-session.ts';

export type KubectlTest = (session: KubectlSession, api: ApiUnderTest, t: TestContext) => Promise<void>;

/**
 * Runs the same tests with every kubectl on this machine, all against one API. `purpose` names the
 * namespaces, one for each version.
 */
export function withEveryKubectl(purpose: string, tests: Readonly<Record<string, KubectlTest>>): void {
  const kubectls = findKubectls();
  if (kubectls.length === 0) {
    test(purpose, (t) => t.skip('no kubectl from 1.30 up on this machine'));
    return;
  }
  let api: ApiUnderTest;
  before(async () => {
    api = await ApiUnderTest.start();
  });
  after(() => api.close());
  for (const kubectl of kubectls) {
    test(`kubectl ${kubectl.version}`, async (t) => {
      const session = await KubectlSession.open(api, kubectl, purpose);
      for (const [name, run] of Object.entries(tests)) await t.test(name, (inner) => run(session, api, inner));
    });
  }
}
