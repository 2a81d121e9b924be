import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AlertRule,
  alertsIn,
  isAlert,
  readDeployed,
  readRules,
  readRuleTests,
  type RuleTest,
} from '../helpers/alert-rules.ts';
import { metricsOf } from '../helpers/dashboards.ts';
import { metricsOver } from '../helpers/metrics.ts';

const test = suite('alert rules');

const RUNBOOKS = 'docs/runbooks/';
const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const file = readRules();
const rules = file.groups.flatMap((group) => group.rules);
const alerts = alertsIn(file);
const tests = readRuleTests();
const names = alerts.map(({ alert }) => alert);

const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();

test('every alert has a name of its own, a severity, a summary and a description', () => {
  assert.is(new Set(names).size, names.length);
  for (const { alert, labels, annotations } of alerts) {
    assert.match(alert, /^Tmuxlet[A-Z][A-Za-z]+$/);
    assert.ok(['critical', 'warning', 'info'].includes(labels?.['severity'] ?? ''), alert);
    assert.match(annotations?.['summary'] ?? '', /^.{20,90}[^.]$/, `${alert}: one line, no full stop`);
    assert.match(annotations?.['description'] ?? '', /^[^\n]{20,160}\.$/, `${alert}: a sentence`);
    assert.equal(Object.keys(annotations ?? {}), ['summary', 'description', 'runbook_url'], alert);
  }
});

test('every alert has a runbook, which names it and says what it means, how to look and how to mend', () => {
  for (const { alert, annotations } of alerts) {
    const path = annotations?.['runbook_url'] ?? '';
    assert.is(path, `${RUNBOOKS}${kebab(alert)}.md`);
    const text = existsSync(inProject(path)) ? readFileSync(inProject(path), 'utf8') : '';
    assert.is(text.split('\n')[0], `# ${alert}`, path);
    const titles = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    assert.equal(titles, ['What it means', 'How bad it is', 'How to look', 'How to mend', 'How to prevent'], path);
    assert.match(text, /^```sh?$/m, `${path} has commands`);
  }
});

test('every runbook is that of an alert, and the index has all of them with their severity', () => {
  const files = readdirSync(inProject(RUNBOOKS)).filter((name) => name !== 'README.md');
  assert.equal(files.sort(), names.map((name) => `${kebab(name)}.md`).sort());
  const index = readFileSync(inProject(`${RUNBOOKS}README.md`), 'utf8');
  for (const { alert, labels } of alerts) {
    assert.ok(index.includes(`| [${alert}](${kebab(alert)}.md) | ${labels?.['severity']} |`), alert);
  }
});

/** Names as a scrape has them. */
const scraped = (): ReadonlySet<string> => {
  const metrics = metricsOver().registry.getMetricsAsArray();
  const ofHistogram = (name: string): readonly string[] => [`${name}_bucket`, `${name}_count`, `${name}_sum`];
  // `up` is made by Prometheus, for each target.
  return new Set(['up', ...metrics.flatMap(({ name }) => [name, ...ofHistogram(name)])]);
};

test('rules ask only for what the controller has, or what an earlier rule of their group recorded', () => {
  const known = scraped();
  for (const group of file.groups) {
    const earlier = new Set<string>();
    for (const rule of group.rules) {
      const strangers = [...metricsOf(rule.expr)].filter((name) => !known.has(name) && !earlier.has(name));
      assert.equal(strangers, [], isAlert(rule) ? rule.alert : rule.record);
      if (!isAlert(rule)) earlier.add(rule.record);
    }
  }
});

test('rules are about the job tmuxlet and no other', () => {
  for (const { expr } of rules) {
    for (const name of metricsOf(expr)) {
      if (name.includes(':')) continue;
      assert.not.match(expr, new RegExp(`\\b${name}(?!\\w|\\{job="tmuxlet"[,}])`), `${name} in ${expr}`);
    }
  }
});

const recorded = new Map(rules.flatMap((rule) => (isAlert(rule) ? [] : [[rule.record, rule.expr] as const])));

/** The scraped metrics that an expression rests on, however often they were recorded in between. */
const restsOn = (expr: string): readonly string[] =>
  [...metricsOf(expr)].flatMap((name) => {
    const behind = recorded.get(name);
    return behind === undefined ? [name] : restsOn(behind);
  });

/** Does a test put in something that the rule looks at? */
const concerns = ({ expr }: AlertRule, { input_series }: RuleTest): boolean =>
  input_series.some(({ series }) => restsOn(expr).includes(/^\w+/.exec(series)?.[0] ?? ''));

const stepsOf = (alert: string, { alert_rule_test }: RuleTest) =>
  alert_rule_test.filter(({ alertname }) => alertname === alert);

test('every alert is shown to fire, and to end when what is wrong has been mended', () => {
  const missing = names.filter(
    (alert) =>
      !tests.some((each) => {
        const steps = stepsOf(alert, each).map(({ exp_alerts }) => exp_alerts.length > 0);
        return steps.includes(true) && steps[0] === false && steps.at(-1) === false;
      }),
  );
  assert.equal(missing, []);
});

test('every alert is shown to stay silent where something looks like its cause and is none', () => {
  const missing = alerts.filter(
    (rule) =>
      !tests.some((each) => {
        const steps = stepsOf(rule.alert, each);
        return steps.length > 0 && steps.every(({ exp_alerts }) => exp_alerts.length === 0) && concerns(rule, each);
      }),
  );
  assert.equal(
    missing.map(({ alert }) => alert),
    [],
  );
});

test('tests are about alerts that there are, and each says what it shows', () => {
  for (const { name, alert_rule_test } of tests) {
    assert.match(name, /^\w.{20,}[^.]$/);
    for (const { alertname } of alert_rule_test) assert.ok(names.includes(alertname), `${name}: ${alertname}`);
  }
  assert.is(new Set(tests.map(({ name }) => name)).size, tests.length);
});

interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

test('what inhibits and what is inhibited are alerts that there are, of one controller', () => {
  const { inhibit_rules } = readDeployed('alertmanager/alertmanager.yml') as { inhibit_rules: readonly Inhibition[] };
  for (const { source_matchers, target_matchers, equal } of inhibit_rules) {
    assert.equal(equal, ['job', 'instance']);
    for (const matcher of [...source_matchers, ...target_matchers]) {
      const [, operator = '', value = ''] = /^alertname (=|!=|=~|!~) "?([^"]+)"?$/.exec(matcher) ?? [];
      assert.ok(operator, matcher);
      const choices = /^Tmuxlet\((.+)\)$/
        .exec(value)?.[1]
        ?.split('|')
        .map((choice) => `Tmuxlet${choice}`) ?? [value];
      for (const choice of choices)
        assert.ok(
          names.some((name) => new RegExp(`^${choice}$`).test(name)),
          choice,
        );
    }
  }
});

test.run();
