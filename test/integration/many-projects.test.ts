import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../src/store/store.ts';
import { metricsPage } from '../../src/telemetry/metrics-page.ts';
import { addManyProjects, metricsOf, nameOf } from '../helpers/many-projects.ts';
import { seriesOf } from '../helpers/metrics.ts';
import { checkMetrics } from '../helpers/promtool.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const test = suite('metrics of 2,500 Projects');

test('so many as the setting allows have series of their own, the others are counted; who is deleted has none', async () => {
  const { path, remove } = temporaryFolder();
  const store = openStore(join(path, 'tmuxlet.db'), { now: Date.now });
  try {
    addManyProjects(store, 2500);
    const { registry } = metricsOf(store, path);
    const before = await metricsPage(registry);
    assert.equal(checkMetrics(before), { status: 0, problems: '' });
    const series = seriesOf(before);
    const listed = (of: ReadonlyMap<string, number>) =>
      [...of.keys()].filter((name) => name.startsWith('tmuxlet_project_info{')).length;
    assert.is(listed(series), 2000);
    assert.is(series.get('tmuxlet_projects_unlisted'), 500);
    assert.is(series.get('tmuxlet_projects{phase="Running",queue="default"}'), 250);
    const own = [...series.keys()].filter((name) => name.includes(`project="${nameOf(7)}"`));
    assert.is(own.length, 17);

    store.transaction((writes) => writes.forgetProject(nameOf(7)));
    const after = await metricsPage(registry);
    assert.not.match(after, nameOf(7));
    assert.is(listed(seriesOf(after)), 2000);
    assert.is(seriesOf(after).get('tmuxlet_projects_unlisted'), 499);
    assert.match(after, `tmuxlet_project_info{project="${nameOf(2000)}",queue="default"} 1`);
  } finally {
    store.close();
    remove();
  }
});

test('the loop turns while the page is made', async () => {
  const { path, remove } = temporaryFolder();
  const store = openStore(join(path, 'tmuxlet.db'), { now: Date.now });
  try {
    addManyProjects(store, 1000);
    const { registry } = metricsOf(store, path);
    let turns = 0;
    let done = false;
    const turn = (): void => {
      turns += 1;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await metricsPage(registry);
    done = true;
    assert.ok(turns >= registry.getMetricsAsArray().length / 2, `${turns} turns`);
  } finally {
    store.close();
    remove();
  }
});

test.run();
