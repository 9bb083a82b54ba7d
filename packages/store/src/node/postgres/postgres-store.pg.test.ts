import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { describeError, Failure, hasCode, SystemClock } from '@godwit/base';
import type { Store } from '../../store.ts';
import { type Engine, storeConformance } from '../conformance/index.ts';
import { body, describe, take } from '../conformance/words.ts';
import { storeFuzz } from '../fuzz.ts';
import { PostgresStore } from './postgres-store.ts';
import { PostgresTestProxy } from './postgres-test-proxy.ts';
import { PostgresTestServer } from './postgres-test-server.ts';

const server = await PostgresTestServer.start();
if (server) {
  after(() => server.remove());
  everything(server);
} else test('postgres', (t) => t.skip('no PostgreSQL is installed'));

function everything(database: PostgresTestServer): void {
  const { connection } = database;
  const clock = new SystemClock();
  const schemas = new WeakMap<Store, string>();
  let count = 0;
  const engine: Engine = {
    name: 'postgres',
    open: async (options) => {
      const schema = `store_${++count}`;
      const store = await PostgresStore.open({ ...options, connection, schema });
      schemas.set(store, schema);
      return store;
    },
    reopen: async (closed, options) => {
      const schema = schemas.get(closed) ?? '';
      const store = await PostgresStore.open({ ...options, connection, schema });
      schemas.set(store, schema);
      return store;
    },
  };
  storeConformance(engine);
  storeFuzz(engine, { runs: 15 });

  /** Several servers over one log. */
  async function servers(many: number): Promise<PostgresStore[]> {
    const schema = `shared_${++count}`;
    const opening = Array.from({ length: many }, () => PostgresStore.open({ connection, schema, clock }));
    return await Promise.all(opening);
  }

  const closeAll = (stores: readonly Store[]) => Promise.all(stores.map((store) => store.close()));
  const pair = async (): Promise<[PostgresStore, PostgresStore]> => {
    const [one, other] = await servers(2);
    assert.ok(one && other);
    return [one, other];
  };

  test('postgres: what one server has acknowledged, another one reads at once', async () => {
    const [one, other] = await pair();
    for (let i = 0; i < 20; i++) {
      const revision = await one.append([{ key: '/a', body: body(`${i}`) }]);
      assert.deepEqual([(await other.get('/a'))?.body.text, (await other.list('/')).revision], [`${i}`, revision]);
    }
    await closeAll([one, other]);
  });

  test('postgres: servers that race for keys agree who won, and see one order', async () => {
    const stores = await servers(3);
    const stop = new AbortController();
    const appended = stores.flatMap((store, s) =>
      Array.from({ length: 100 }, (_, i) =>
        store.append([{ key: `/k/${i}`, body: body(`${s}`), previous: 0 }]).catch((error: unknown) => {
          assert.ok(hasCode(error, 'conflict'), describeError(error));
          return 0;
        }),
      ),
    );
    const watched = stores.map((store) => take(store.watch('/k/', 0, stop.signal), 100));
    const revisions = (await Promise.all(appended)).filter((revision) => revision > 0);
    assert.deepEqual(
      revisions.toSorted((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    const [first, ...others] = (await Promise.all(watched)).map((events) => events.map(describe));
    for (const seen of others) assert.deepEqual(seen, first);
    stop.abort();
    await closeAll(stores);
  });

  test('postgres: a server that was away so long that the log has moved on starts its watchers anew', async () => {
    const proxy = await PostgresTestProxy.start(connection);
    const schema = `shared_${++count}`;
    const one = await PostgresStore.open({ connection, schema, clock });
    const other = await PostgresStore.open({ connection: proxy.connection, schema, clock });
    await one.append([{ key: '/a', body: body('0') }]);
    await other.get('/a');
    const events = other.watch('/', 1, new AbortController().signal);
    proxy.cut();
    for (let i = 1; i < 10; i++) await one.append([{ key: '/a', body: body(`${i}`) }]);
    await one.append([{ key: '/gone', body: body('x') }]);
    await one.append([{ key: '/gone', body: null }]);
    await one.compact(one.revision);
    await assert.rejects(other.get('/a'), (error) => hasCode(error, 'unavailable'));
    await assert.rejects(other.append([{ key: '/a', body: body('x') }]), (error) => hasCode(error, 'unavailable'));
    proxy.mend();
    assert.equal((await other.get('/a'))?.body.text, '9');
    assert.equal(other.revision, one.revision);
    await assert.rejects(take(events, 1), (error) => hasCode(error, 'too-old'));
    await closeAll([one, other]);
    proxy.close();
  });

  test('postgres: a commit whose answer is lost counts as what it was', async () => {
    const proxy = await PostgresTestProxy.start(connection);
    const store = await PostgresStore.open({ connection: proxy.connection, schema: `shared_${++count}`, clock });
    proxy.cutNextCommit('cut after');
    assert.equal(await store.append([{ key: '/a', body: body('1'), previous: 0 }]), 1);
    proxy.cutNextCommit('cut before');
    await assert.rejects(store.append([{ key: '/a', body: body('2'), previous: 1 }]), (error) => {
      return hasCode(error, 'unavailable') && error instanceof Failure && error.details.unknown !== true;
    });
    assert.equal((await store.get('/a'))?.body.text, '1');
    assert.equal(await store.append([{ key: '/a', body: body('3'), previous: 1 }]), 2);
    await store.close();
    proxy.close();
  });

  test('postgres: a crash of the database loses nothing, and watches go on', async () => {
    const [one, other] = await pair();
    const stop = new AbortController();
    const watched = take(other.watch('/', 0, stop.signal), 3);
    await one.append([{ key: '/a', body: body('1') }]);
    await database.stop('immediate');
    await assert.rejects(one.append([{ key: '/a', body: body('x') }]), (error) => hasCode(error, 'unavailable'));
    await database.start();
    await one.append([{ key: '/a', body: body('2') }]);
    await one.append([{ key: '/a', body: body('3') }]);
    assert.deepEqual(
      (await watched).map((event) => (event.type === 'put' ? event.body.text : event.type)),
      ['1', '2', '3'],
    );
    stop.abort();
    await closeAll([one, other]);
  });
}
