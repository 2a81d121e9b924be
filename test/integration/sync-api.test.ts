import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StateReport } from '../../src/api/mismatch.ts';
import type { Client } from '../../src/server/client.ts';
import { connect } from '../../src/server/connect.ts';
import { type Api, startApi } from '../helpers/api.ts';

const test = suite<{ api: Api }>('comparison of records over the API');

test.before.each(async (context) => {
  context.api = await startApi();
});
test.after.each(({ api }) => api.close());

const client = ({ folder, socket }: Api): Promise<Client> =>
  connect({
    stateDir: folder,
    socket,
    database: join(folder, 'tmuxlet.db'),
    locks: () => [],
    tmuxSocket: join(folder, 'tmux.sock'),
  });

test('a comparison is asked for over the socket, to mend or only to look', async ({ api }) => {
  const asking = await client(api);
  assert.is((await asking.sync(false)).mending, true);
  assert.is((await asking.sync(true)).mending, false);
  assert.equal(api.control.synced, [false, true]);
});

test('who reads is given the last report, and before the first one a comparison that mends nothing', async ({
  api,
}) => {
  const read = async (): Promise<StateReport> => (await (await fetch(`${api.url}/api/v1/sync`)).json()) as StateReport;
  assert.equal([(await read()).kind, (await read()).mending], ['StateReport', false]);
  assert.equal(api.control.synced, [true, true]);
  const report: StateReport = { ...(await read()), at: 42 };
  api.control.report = report;
  assert.equal(await read(), report);
  assert.is(api.control.synced.length, 3);
});

test('over TCP nothing can be asked for', async ({ api }) => {
  const headers = { 'Content-Type': 'application/json' };
  assert.is((await fetch(`${api.url}/api/v1/sync`, { method: 'POST', headers })).status, 403);
  assert.equal(api.control.synced, []);
});

test.run();
