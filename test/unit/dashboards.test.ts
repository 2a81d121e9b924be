import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { DASHBOARDS } from '../../grafana/src/dashboards.ts';
import { dashboardFiles } from '../../scripts/generate-dashboards.ts';
import { metricsOf, panelsOf, targetsOf, type Variables, withValues } from '../helpers/dashboards.ts';
import { metricsOver } from '../helpers/metrics.ts';

const test = suite('dashboards');

const dashboards = Object.entries(DASHBOARDS).map(([name, build]) => ({ name, dashboard: build() }));
const panels = dashboards.flatMap(({ name, dashboard }) =>
  panelsOf(dashboard).map((panel) => ({ where: `${name}, panel “${panel.title}”`, panel })),
);

/** What no check of places lets through. */
const NOWHERE = { x: 24, y: 0, w: 1, h: 1 };

const VALUES: Variables = {
  datasource: 'tmuxlet',
  job: 'tmuxlet',
  instance: '127.0.0.1:9469',
  queue: '.*',
  project: 'web',
  __interval: '1m',
  __interval_ms: '60000',
  __rate_interval: '75s',
  __range: '1h',
};

/** Every expression that Grafana would send, and where it stands. */
const expressions = [
  ...panels.flatMap(({ where, panel }) => targetsOf(panel).map(({ expr }) => ({ where, expr }))),
  ...dashboards.flatMap(({ name, dashboard }) =>
    (dashboard.annotations.list ?? []).map((each) => ({
      where: `${name}, marks “${each.name}”`,
      expr: each.expr ?? '',
    })),
  ),
].map(({ where, expr }) => ({ where, expr: withValues(expr, VALUES) }));

/** The series that the registry knows, as a scrape names them. */
const known = (): ReadonlySet<string> => {
  const metrics = metricsOver().registry.getMetricsAsArray();
  const names = metrics.flatMap(({ name, type }) =>
    String(type) === 'histogram' || String(type) === 'summary'
      ? [`${name}_bucket`, `${name}_count`, `${name}_sum`]
      : [name],
  );
  // Made by Prometheus itself, for each target.
  return new Set([...names, 'up']);
};

test('the committed JSON is what the builders make (else: npm run dashboards)', () => {
  for (const [file, text] of dashboardFiles()) assert.fixture(readFileSync(file, 'utf8'), text);
  assert.equal(
    readdirSync(new URL('../../grafana/dashboards', import.meta.url)).sort(),
    Object.keys(DASHBOARDS)
      .map((name) => `${name}.json`)
      .sort(),
  );
});

test('every query is PromQL, and asks only for metrics that the controller has', () => {
  const names = known();
  const strangers = expressions.flatMap(({ where, expr }) =>
    [...metricsOf(expr)].filter((name) => !names.has(name)).map((name) => `${where}: ${name}`),
  );
  assert.equal(strangers, []);
});

test('a query that is none would be found', () => {
  assert.throws(() => metricsOf('sum by (phase) tmuxlet_projects{'), /no PromQL/);
  assert.equal([...metricsOf('sum(rate(a{b="c"}[1m])) / on (d) e offset 5m')], ['a', 'e']);
  assert.throws(() => withValues('up{job="$jobs"}', VALUES), /nothing stands for \$jobs/);
});

test('every query is about the picked job and controller, by the picked data source', () => {
  for (const { where, expr } of expressions) {
    for (const [selector] of expr.matchAll(/\w+\{[^}]*\}/g)) {
      assert.match(selector, /\{job="tmuxlet",instance="127\.0\.0\.1:9469"/, where);
    }
    assert.ok(expr.includes('{job='), where);
  }
  for (const { where, panel } of panels) {
    for (const asked of [panel, ...targetsOf(panel)]) assert.is(asked.datasource?.uid, '${datasource}', where);
  }
});

test('every panel has a title of its own, says what it shows and in which unit, and stays in the grid', () => {
  for (const { where, panel } of panels) {
    assert.ok(panel.title && (panel.description ?? '').length > 20, where);
    assert.match(panel.description ?? '', /[.!]$/, where);
    assert.ok(panel.fieldConfig?.defaults.unit, where);
    assert.ok(targetsOf(panel).length > 0, where);
    const { x, w, h } = panel.gridPos ?? NOWHERE;
    assert.ok(x + w <= 24 && w >= 3 && h >= 3, where);
  }
  assert.is(new Set(panels.map(({ where }) => where)).size, panels.length);
});

test('no panel lies on another, and each line of panels is as wide as the page', () => {
  for (const { name, dashboard } of dashboards) {
    const taken = new Set<string>();
    for (const { title, gridPos } of panelsOf(dashboard)) {
      const { x, y, w, h } = gridPos ?? NOWHERE;
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          assert.not(taken.has(`${column} ${line}`), `${name}: ${title} lies on another panel`);
          taken.add(`${column} ${line}`);
        }
      }
    }
    const filled = Map.groupBy([...taken], (cell) => cell.split(' ')[1]);
    for (const [line, cells] of filled) assert.is(cells.length, 24, `${name}: line ${line} is not full`);
  }
});

test('each knows its variables, the marks of the fleet, and the way to the others', () => {
  for (const { name, dashboard } of dashboards) {
    assert.is(dashboard.uid, `tmuxlet-${name}`);
    const variables = (dashboard.templating.list ?? []).map((variable) => variable.name);
    assert.equal(variables.slice(0, 3), ['datasource', 'job', 'instance'], name);
    const asked = JSON.stringify(dashboard).matchAll(/\$\{?(datasource|job|instance|queue|project)\b/g);
    assert.equal(
      [...new Set([...asked].map(([, variable]) => variable))].filter((each) => !variables.includes(each ?? '')),
      [],
    );
    assert.ok((dashboard.annotations.list ?? []).length >= 5, name);
    const [link] = dashboard.links ?? [];
    assert.is(link?.type, 'dashboards');
    for (const tag of link?.tags ?? []) assert.ok(dashboard.tags?.includes(tag), name);
    const ids = (dashboard.panels ?? []).map(({ id }) => id);
    assert.is(new Set(ids).size, ids.length, name);
  }
});

test('a Project in a table leads to its dashboard, with job and controller', () => {
  const links = JSON.stringify(DASHBOARDS['overview']?.());
  for (const piece of ['/d/tmuxlet-project?var-project=${__value.raw', '${job:queryparam}', '${instance:queryparam}']) {
    assert.ok(links.includes(piece), piece);
  }
});

test('provisioning names a data source of Prometheus, and a folder with every dashboard', () => {
  const read = (path: string) =>
    parse(readFileSync(new URL(`../../grafana/provisioning/${path}`, import.meta.url), 'utf8'), { strict: true });
  const { apiVersion, datasources } = read('datasources/tmuxlet.yaml');
  assert.is(apiVersion, 1);
  assert.is(datasources[0].type, 'prometheus');
  assert.ok(URL.canParse(datasources[0].url));
  const [provider] = read('dashboards/tmuxlet.yaml').providers;
  assert.is(provider.type, 'file');
  assert.is(provider.folder, 'tmuxlet');
  const folder = new URL(`../../grafana/${basename(provider.options.path)}`, import.meta.url);
  assert.is(readdirSync(folder).length, dashboards.length);
  // The guide has people copy the folder to where the provider looks.
  const guide = readFileSync(new URL('../../docs/grafana.md', import.meta.url), 'utf8');
  assert.ok(guide.includes(provider.options.path.replace(/\/dashboards$/, '')), provider.options.path);
});

test.run();
