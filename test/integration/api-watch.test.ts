import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, startApi } from '../helpers/api.ts';
import { eventually } from '../helpers/eventually.ts';
import { messageIn, overTcp, type Stream, stream } from '../helpers/http.ts';
import { addProject, attemptOf, manifestOf, tamper } from '../helpers/store.ts';

const test = suite<{ api: Api }>('watching over the API');

test.before.each(async (context) => {
  context.api = await startApi();
});
test.after.each(({ api }) => api.close());

const PROJECTS = '/api/v1/projects';

const named = ({ sent }: Stream): readonly string[] =>
  sent.map(({ type, data }) => (type === 'BOOKMARK' ? type : `${type} ${data.object.metadata['name']}`));

const change = (api: Api, name: string, priority: number, labels: Record<string, string> = {}): void => {
  const manifest = manifestOf(name, { priority }, { labels });
  api.store.transaction((writes) => writes.updateManifest(`uid-${name}`, manifest, `/manifests/${name}.json`));
  api.control.tell();
};

const versionOfList = async (api: Api): Promise<string> =>
  JSON.parse((await overTcp(api, PROJECTS)).body).metadata.resourceVersion;

test('from the version of a list on exactly what changed since is told, then a BOOKMARK', async ({ api }) => {
  for (const name of ['a', 'b', 'c']) addProject(api.store, manifestOf(name));
  const version = await versionOfList(api);
  change(api, 'b', 1);
  api.store.transaction((writes) => writes.forgetProject('uid-c'));
  addProject(api.store, manifestOf('d'));
  const watching = await stream(api, `${PROJECTS}?watch=1&resourceVersion=${version}`);
  await eventually(() => watching.sent.at(-1)?.type === 'BOOKMARK');
  assert.equal(named(watching), ['MODIFIED b', 'ADDED d', 'DELETED c', 'BOOKMARK']);
  const bookmark = watching.sent.at(-1)?.data.object;
  assert.is(bookmark?.metadata['resourceVersion'], String(api.store.revision()));
  assert.is(bookmark?.['kind'], 'Project');
  watching.leave();
});

test('who was cut off goes on after the last id, and misses nothing', async ({ api }) => {
  for (const name of ['a', 'b']) addProject(api.store, manifestOf(name));
  const first = await stream(api, `${PROJECTS}?watch=1`);
  await eventually(() => first.sent.length === 3);
  change(api, 'a', 1);
  await eventually(() => first.sent.length === 4);
  first.leave();
  await eventually(() => api.control.watchers === 0);
  change(api, 'b', 2);
  change(api, 'a', 3);
  const id = first.sent.at(-1)?.id ?? '';
  const second = await stream(api, `${PROJECTS}?watch=1`, { 'Last-Event-ID': id });
  await eventually(() => second.sent.at(-1)?.type === 'BOOKMARK');
  assert.equal(named(second), ['MODIFIED b', 'MODIFIED a', 'BOOKMARK']);
  second.leave();
});

test('every object told has a version that leads on from it', async ({ api }) => {
  addProject(api.store, manifestOf('a'));
  const first = await stream(api, `${PROJECTS}?watch=1`);
  await eventually(() => first.sent.length === 2);
  change(api, 'a', 1);
  await eventually(() => first.sent.length === 3);
  const version = first.sent.at(-1)?.data.object.metadata['resourceVersion'];
  const second = await stream(api, `${PROJECTS}?watch=1&resourceVersion=${version}`);
  await eventually(() => second.sent.length === 1);
  assert.equal(named(second), ['BOOKMARK']);
  for (const each of [first, second]) each.leave();
});

test('an attempt that begins or ends is a change of its Project, with a version', async ({ api }) => {
  addProject(api.store, manifestOf('a'));
  const before = api.store.project('uid-a')?.resourceVersion ?? 0;
  api.store.transaction((writes) => writes.applyAttempt('uid-a', { begin: attemptOf('uid-a', 1) }));
  const begun = api.store.project('uid-a')?.resourceVersion ?? 0;
  api.store.transaction((writes) => writes.applyAttempt('uid-a', { end: { attempt: 1, cause: 'Exited', endedAt: 9 } }));
  const ended = api.store.project('uid-a')?.resourceVersion ?? 0;
  assert.ok(before < begun && begun < ended);
  api.store.transaction((writes) =>
    writes.applyAttempt('uid-a', { end: { attempt: 1, cause: 'Exited', endedAt: 10 } }),
  );
  assert.is(api.store.project('uid-a')?.resourceVersion, ended, 'what changes nothing has no new version');
});

test('a version that is too old, or that never was, is Gone, as in Kubernetes', async ({ api }) => {
  for (const name of ['a', 'b']) addProject(api.store, manifestOf(name));
  const version = await versionOfList(api);
  change(api, 'a', 1);
  for (const [wanted, why] of [
    [Number(version) - 1, 'too old'],
    [99_999, 'unknown'],
  ] as const) {
    const answer = await overTcp(api, `${PROJECTS}?watch=1&resourceVersion=${wanted}`);
    assert.is(answer.code, 410);
    assert.is(JSON.parse(answer.body).reason, 'Expired');
    assert.match(messageIn(answer), why);
  }
  assert.is((await overTcp(api, '/api/v1/events?watch=1&resourceVersion=99999')).code, 410);
  assert.is((await overTcp(api, `${PROJECTS}?watch=1`, { headers: { 'Last-Event-ID': 'x' } })).code, 400);
});

test('more changes than are kept make an old version Gone', async ({ api }) => {
  addProject(api.store, manifestOf('a'));
  const version = await versionOfList(api);
  const watching = await stream(api, `${PROJECTS}?watch=1`);
  for (let index = 0; index < 1001; index += 1) addProject(api.store, manifestOf(`more-${index}`));
  api.control.tell();
  await eventually(() => watching.sent.length >= 1003);
  assert.is((await overTcp(api, `${PROJECTS}?watch=1&resourceVersion=${version}`)).code, 410);
  watching.leave();
});

test('who is resumed with a selector is told of what came into it and what left it', async ({ api }) => {
  addProject(api.store, manifestOf('in', {}, { labels: { team: 'a' } }));
  addProject(api.store, manifestOf('out'));
  const version = await versionOfList(api);
  change(api, 'in', 1);
  change(api, 'out', 1, { team: 'a' });
  const watching = await stream(api, `${PROJECTS}?watch=1&labelSelector=team%3Da&resourceVersion=${version}`);
  await eventually(() => watching.sent.at(-1)?.type === 'BOOKMARK');
  assert.equal(named(watching), ['DELETED in', 'ADDED out', 'BOOKMARK']);
  watching.leave();
});

test('events are resumed from the store, over a restart of the controller too', async ({ api }) => {
  const record = (message: string): void => {
    api.store.transaction((writes) =>
      writes.recordEvent({ type: 'Warning', reason: 'Died', message, object: 'Project/a' }, 5),
    );
    api.control.tell();
  };
  record('one');
  const first = await stream(api, '/api/v1/events?watch=1');
  await eventually(() => first.sent.length === 2);
  const id = first.sent.at(-1)?.id ?? '';
  first.leave();
  record('two');
  record('two');
  const second = await stream(api, '/api/v1/events?watch=1&fieldSelector=type%3DWarning', { 'Last-Event-ID': id });
  await eventually(() => second.sent.length === 2);
  assert.is(second.sent[0]?.data.object['message'], 'two');
  assert.is(second.sent[0]?.data.object['count'], 2);
  record('three');
  await eventually(() => second.sent.length === 3);
  assert.is(second.sent.at(-1)?.id, String(api.store.revision()));
  second.leave();
});

test('a row that somebody tampered with is told of all the same', async ({ api }) => {
  addProject(api.store, manifestOf('a'));
  const watching = await stream(api, `${PROJECTS}?watch=1`);
  await eventually(() => watching.sent.length === 2);
  tamper(`${api.folder}/tmuxlet.db`, `UPDATE projects SET labels = '{"x":"y"}'`);
  api.control.tell();
  await eventually(() => watching.sent.length === 3);
  assert.equal(named(watching).at(-1), 'MODIFIED a');
  watching.leave();
});

test('a list is cut at a limit and goes on with a token', async ({ api }) => {
  for (const name of ['a', 'b', 'c']) addProject(api.store, manifestOf(name));
  const first = JSON.parse((await overTcp(api, `${PROJECTS}?limit=2`)).body);
  assert.equal(
    first.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ['a', 'b'],
  );
  assert.is(first.metadata.remainingItemCount, 1);
  const rest = JSON.parse((await overTcp(api, `${PROJECTS}?limit=2&continue=${first.metadata.continue}`)).body);
  assert.is(rest.items.length, 1);
  assert.is(rest.items[0].metadata.name, 'c');
  assert.is(rest.metadata.continue, undefined);
  assert.is((await overTcp(api, `${PROJECTS}?continue=x`)).code, 400);
});

test('Projects and events are selected by their fields', async ({ api }) => {
  addProject(api.store, manifestOf('a'));
  addProject(api.store, manifestOf('b'), { memory: { phase: 'Running' } });
  const namesBy = async (selector: string): Promise<string> => {
    const { body } = await overTcp(api, `${PROJECTS}?fieldSelector=${encodeURIComponent(selector)}`);
    return JSON.parse(body)
      .items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
      .join();
  };
  assert.is(await namesBy('status.phase=Running'), 'b');
  assert.is(await namesBy('status.phase!=Running,spec.queue==default'), 'a');
  assert.is(await namesBy('metadata.name=nobody'), '');
  const unknown = await overTcp(api, `${PROJECTS}?fieldSelector=spec.colour%3Dred`);
  assert.is(unknown.code, 400);
  assert.match(messageIn(unknown), 'metadata.name, metadata.uid, spec.queue');
});

test.run();
