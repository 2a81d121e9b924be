import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alertsIn, deploy, readDeployed, readRules, RULES, ruleTestFiles } from '../helpers/alert-rules.ts';
import { Alertmanager, type GivenAlert } from '../helpers/alertmanager.ts';
import { eventually } from '../helpers/eventually.ts';

const test = suite('alerts in the hands of Prometheus’ own tools');

const run = (
  program: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  return { status, said: stdout + stderr };
};

test('promtool takes the rules and the example, and amtool that of Alertmanager', () => {
  for (const [program, ...args] of [
    ['promtool', 'check', 'rules', deploy(RULES)],
    ['promtool', 'check', 'config', deploy('prometheus/prometheus.yml')],
    ['amtool', 'check-config', deploy('alertmanager/alertmanager.yml')],
  ] as const) {
    const { status, said } = run(program, ...args);
    assert.is(status, 0, said);
  }
});

test('every alert fires when it should and is silent when it should not', () => {
  const { status, said } = run('promtool', 'test', 'rules', ...ruleTestFiles());
  assert.is(status, 0, said);
});

const names = alertsIn(readRules()).map(({ alert }) => alert);

const alertOf = (alertname: string, instance = 'box:9469'): GivenAlert => ({
  labels: { alertname, job: 'tmuxlet', instance, severity: 'critical' },
});

/** An Alertmanager of the example, with all alerts there are of two controllers; nobody is told. */
const withAllAlerts = async (
  sources: readonly string[],
  body: (suppressed: readonly string[]) => void,
): Promise<void> => {
  const { inhibit_rules } = readDeployed('alertmanager/alertmanager.yml') as { inhibit_rules: readonly object[] };
  const alertmanager = await Alertmanager.open({
    inhibit_rules,
    route: { receiver: 'nobody', group_wait: '1ms' },
    receivers: [{ name: 'nobody' }],
  });
  try {
    const others = names.filter((name) => !CAUSES.includes(name));
    const here = [...sources, ...others].map((name) => alertOf(name));
    const elsewhere = others.map((name) => alertOf(name, 'rack:9469'));
    await alertmanager.give([...here, ...elsewhere]);
    const held = await eventually(async () => {
      const all = await alertmanager.alerts();
      return all.length === here.length + elsewhere.length && all.every(({ status }) => status.state !== 'unprocessed')
        ? all
        : null;
    });
    const suppressed = held.filter(({ status }) => status.state === 'suppressed');
    assert.ok(
      suppressed.every(({ labels }) => labels['instance'] === 'box:9469'),
      'another controller is not concerned',
    );
    body(suppressed.map(({ labels }) => labels['alertname'] ?? '').sort());
  } finally {
    await alertmanager.close();
  }
};

/** What inhibits others, and is given only where a test asks for it. */
const CAUSES = [
  'TmuxletControllerDown',
  'TmuxletLoopStuck',
  'TmuxletTmuxUnreachable',
  'TmuxletFleetBreakerOpen',
  'TmuxletDiskAlmostFull',
  'TmuxletStoreFailing',
];

test('of a controller that is down nothing else is told (failure 41)', () =>
  withAllAlerts(['TmuxletControllerDown', 'TmuxletLoopStuck', 'TmuxletStoreFailing'], (suppressed) => {
    const others = names.filter((name) => !CAUSES.includes(name));
    assert.equal(suppressed, [...others, 'TmuxletLoopStuck', 'TmuxletStoreFailing'].sort());
  }));

test('where nothing is the cause of anything, everything is told', () =>
  withAllAlerts([], (suppressed) => assert.equal(suppressed, [])));

test('what a silent tmux brings about is told as that; what it does not is told for itself', () =>
  withAllAlerts(['TmuxletTmuxUnreachable'], (suppressed) => {
    assert.ok(suppressed.includes('TmuxletReconcileErrors'));
    assert.ok(suppressed.includes('TmuxletQueueStarved'));
    assert.not.ok(suppressed.includes('TmuxletProjectFailed'));
    assert.not.ok(suppressed.includes('TmuxletManifestErrors'));
  }));

test.run();
