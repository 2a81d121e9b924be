import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ManifestEditor } from '../../src/adapters/manifests/editor.ts';
import type { SpecFile, SpecSource } from '../../src/api/ports/manifests.ts';
import { manifestText } from '../helpers/manifests.ts';

export type Source = SpecSource & Pick<ManifestEditor, 'setSuspend'>;

/** A manifest directory, and what people do to it. Files are named as in the directory, `web.json`. */
export interface ManifestsBench {
  /** Opens it, as a controller does at its start. */
  open(): Source;
  pathOf(file: string): string;
  save(file: string, text: string): void;
  delete(file: string): void;
  /** The name stays, and what it leads to is gone. */
  breakLink(file: string): void;
  /** Null when there is no such file. */
  textOf(file: string): string | null;
  takeDirectoryAway(): void;
  makeDirectory(): void;
  /** The directory is another one, on another device, and empty. */
  unmount(): void;
  /** The texts in the archive. */
  archived(): readonly string[];
  /** Waits until the check holds, for some seconds at most. */
  until(check: () => boolean): Promise<void>;
  remove(): Promise<void>;
}

const listed = async (source: Source): Promise<readonly SpecFile[]> => {
  const listing = await source.list();
  assert.is(listing.seen, 'Present');
  return listing.seen === 'Present' ? listing.value : [];
};

const rejection = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not rejected',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** What every implementation of the port keeps to. */
export const manifestsConform = (subject: string, open: () => ManifestsBench): void => {
  const test = suite<{ bench: ManifestsBench; source: Source }>(`manifests: ${subject}`);

  test.before.each((context) => {
    context.bench = open();
    context.source = context.bench.open();
  });
  test.after.each(({ bench }) => bench.remove());

  test('manifests are listed in order of name, and what editors leave beside them is not', async ({
    bench,
    source,
  }) => {
    assert.equal(await listed(source), []);
    bench.save('web.json', manifestText('web'));
    bench.save('api.yaml', `${manifestText('api')}---\n${manifestText('db')}`);
    for (const file of ['.hidden.json', 'web.json~', '#web.json#', '.web.json.swp', 'web.json.bak', 'notes.txt']) {
      bench.save(file, 'not a manifest');
    }
    const files = await listed(source);
    assert.equal(
      files.map(({ file, names, errors }) => [file, names, errors]),
      [
        [bench.pathOf('api.yaml'), ['api', 'db'], []],
        [bench.pathOf('web.json'), ['web'], []],
      ],
    );
    assert.equal(
      files.flatMap(({ projects }) => projects).map(({ metadata, spec }) => [metadata.name, spec.path]),
      [
        ['api', '/tmp'],
        ['db', '/tmp'],
        ['web', '/tmp'],
      ],
    );
  });

  test('the hash tells texts apart, and two files may declare one name', async ({ bench, source }) => {
    bench.save('a.json', manifestText('web'));
    bench.save('b.json', manifestText('web'));
    bench.save('c.json', manifestText('web', { path: '/' }));
    const [a, b, c] = await listed(source);
    assert.is(a?.hash, b?.hash);
    assert.is.not(a?.hash, c?.hash);
    assert.equal([a?.names, b?.names, c?.names], [['web'], ['web'], ['web']]);
  });

  test('a file that is torn declares nothing, at whatever byte, and is read again when it is whole', async ({
    bench,
    source,
  }) => {
    const whole = manifestText('web');
    for (let length = 0; length < whole.trimEnd().length; length += 9) {
      bench.save('web.json', whole.slice(0, length));
      const [torn] = await listed(source);
      assert.equal(torn?.projects, [], `at byte ${length}`);
      assert.is.not(torn?.errors.length, 0);
      if (length > whole.indexOf('"spec"')) assert.equal(torn?.names, ['web'], 'its name keeps its Project safe');
    }
    bench.save('web.json', whole);
    const [again] = await listed(source);
    assert.equal([again?.projects.length, again?.errors], [1, []]);
  });

  test('a file that cannot be read is an error of its own, and keeps the names it had', async ({ bench, source }) => {
    bench.save('web.json', manifestText('web'));
    bench.save('api.json', manifestText('api'));
    await listed(source);
    bench.breakLink('web.json');
    const [api, web] = await listed(source);
    assert.equal([api?.errors, api?.names], [[], ['api']]);
    assert.equal([web?.projects, web?.names], [[], ['web']]);
    assert.match(String(web?.errors), 'web.json: cannot be read');
  });

  test('a directory that is not there is Unknown', async ({ bench, source }) => {
    bench.save('web.json', manifestText('web'));
    bench.takeDirectoryAway();
    assert.is((await source.list()).seen, 'Unknown');
    bench.makeDirectory();
    assert.equal(await listed(source), []);
  });

  test('one that is empty on another device is Unknown, after a restart too, until it has a manifest', async ({
    bench,
    source,
  }) => {
    bench.save('web.json', manifestText('web'));
    await listed(source);
    bench.unmount();
    const restarted = bench.open();
    const listing = await restarted.list();
    assert.match(listing.seen === 'Unknown' ? listing.reason : listing.seen, 'is a mount missing?');
    bench.save('api.json', manifestText('api'));
    assert.is((await listed(restarted)).length, 1);
    bench.delete('api.json');
    assert.equal(await listed(restarted), [], 'it is the one that had a manifest last');
  });

  test('suspend is written into the file, its comments kept, and only once', async ({ bench, source }) => {
    const text = `# ours\n${manifestText('web')}`;
    bench.save('web.yaml', text);
    const file = bench.pathOf('web.yaml');
    assert.is(await source.setSuspend(file, 'web', true), true);
    assert.is(await source.setSuspend(file, 'web', true), false);
    const [suspended] = await listed(source);
    assert.is(suspended?.projects[0]?.spec.suspend, true);
    assert.match(bench.textOf('web.yaml') ?? '', /^# ours\n/);
    assert.is(await source.setSuspend(file, 'web', false), true);
    assert.is((await listed(source))[0]?.projects[0]?.spec.suspend, false);
  });

  test('what cannot be edited safely is refused, and stays as it is', async ({ bench, source }) => {
    const torn = manifestText('web').slice(0, -9);
    bench.save('web.json', torn);
    assert.match(await rejection(source.setSuspend(bench.pathOf('web.json'), 'web', true)), 'UserError: mend the file');
    assert.is(bench.textOf('web.json'), torn);
    bench.save('web.json', manifestText('web'));
    assert.match(await rejection(source.setSuspend(bench.pathOf('web.json'), 'api', true)), 'UserError');
    assert.match(await rejection(source.setSuspend(bench.pathOf('no.json'), 'web', true)), 'UserError');
  });

  test('a finished Project’s manifest goes to the archive, wherever it is by now, and the others stay', async ({
    bench,
    source,
  }) => {
    bench.save('both.yaml', `${manifestText('web')}---\n${manifestText('api')}`);
    await source.archive(bench.pathOf('elsewhere.yaml'), 'web');
    assert.equal((await listed(source))[0]?.names, ['api']);
    assert.is(bench.archived().length, 1);
    assert.match(String(bench.archived()), /"name": "web"/);
    await source.archive(bench.pathOf('both.yaml'), 'web');
    assert.is(bench.archived().length, 1, 'archiving twice is no error, and makes no second copy');
    await source.archive(bench.pathOf('both.yaml'), 'api');
    assert.is(bench.textOf('both.yaml'), null, 'with its last Project the file goes too');
  });

  test('where the directory cannot be read nothing is archived', async ({ bench, source }) => {
    bench.takeDirectoryAway();
    assert.match(await rejection(source.archive(bench.pathOf('web.json'), 'web')), 'UserError');
  });

  test('a change is hinted at, until nobody listens', async ({ bench, source }) => {
    let hints = 0;
    const stop = source.onHint(() => {
      hints += 1;
    });
    bench.save('first.json', manifestText('first'));
    await bench.until(() => hints > 0);
    const saved = (): Promise<void> => {
      const before = hints;
      return bench.until(() => hints > before);
    };
    bench.save('web.json', manifestText('web'));
    await saved();
    bench.delete('web.json');
    await saved();
    assert.equal(
      (await listed(source)).map(({ file }) => basename(file)),
      ['first.json'],
    );
    stop();
    const before = hints;
    bench.save('web.json', manifestText('web'));
    await bench.until(() => bench.textOf('web.json') !== null);
    assert.is(hints, before);
  });

  test.run();
};
