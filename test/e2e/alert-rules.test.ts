import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AlertRule, isAlert, readDeployed, readRules, type RecordingRule } from '../helpers/alert-rules.ts';
import { Alertmanager } from '../helpers/alertmanager.ts';
import { type ControllerProcess, type SpecInput, withController } from '../helpers/controller.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { HookServer } from '../helpers/hook-server.ts';
import { MailServer } from '../helpers/mail-server.ts';
import { Prometheus } from '../helpers/prometheus.ts';

const test = suite('alerts, from a fault to people and back');

/** An alert as it comes to the webhook. */
interface Told {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Watch {
  readonly controller: ControllerProcess;
  readonly prometheus: Prometheus;
  readonly hooks: HookServer;
  readonly mails: MailServer;
  /** The same address in each of the controller's lives. */
  start(): Promise<void>;
  /** Waits until the webhook was told that an alert fires, or is over. */
  told(status: Told['status'], alertname: string, labels?: Readonly<Record<string, string>>): Promise<Told>;
}

const allTold = (hooks: HookServer): readonly Told[] =>
  hooks.posts.flatMap(({ body }) => body['alerts'] as readonly Told[]);

const matches = (alert: Told, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => alert.labels[name] === value);

/** The committed rules, which only need not wait so long. */
const quick = (rule: AlertRule | RecordingRule): object => (isAlert(rule) && rule.for ? { ...rule, for: '2s' } : rule);

const rulesIn = (folder: string): string => {
  const { groups } = readRules();
  const file = join(folder, 'quick.rules.yml');
  writeFileSync(file, JSON.stringify({ groups: groups.map((group) => ({ ...group, rules: group.rules.map(quick) })) }));
  return file;
};

interface Route {
  readonly routes?: readonly Route[];
}

const impatient = (route: Route): object => ({
  ...route,
  group_wait: '100ms',
  group_interval: '500ms',
  ...(route.routes && { routes: route.routes.map(impatient) }),
});

interface AlertmanagerConfig {
  readonly global: object;
  readonly route: Route;
  readonly receivers: readonly { readonly webhook_configs: readonly object[] }[];
}

/** The committed example, with our addresses and less patience. */
const alertmanagerOf = (hooks: HookServer, mails: MailServer): object => {
  const example = readDeployed('alertmanager/alertmanager.yml') as AlertmanagerConfig;
  return {
    ...example,
    global: { ...example.global, smtp_smarthost: `127.0.0.1:${mails.port}`, smtp_require_tls: false },
    route: impatient(example.route),
    receivers: example.receivers.map((receiver) => ({
      ...receiver,
      webhook_configs: receiver.webhook_configs.map((each) => ({ ...each, url: hooks.url })),
    })),
  };
};

interface PrometheusConfig {
  readonly scrape_configs: readonly object[];
}

const prometheusOf = (rules: string, alertmanager: Alertmanager, target: string): object => {
  const example = readDeployed('prometheus/prometheus.yml') as PrometheusConfig;
  return {
    ...example,
    global: { scrape_interval: '1s', evaluation_interval: '500ms' },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
    scrape_configs: example.scrape_configs.map((job) => ({
      ...job,
      scrape_timeout: '1s',
      static_configs: [{ targets: [target] }],
    })),
  };
};

/** A controller that runs, and all that would wake somebody in the night. */
const withWatch = (body: (watch: Watch) => Promise<void>): Promise<void> =>
  withController(async (controller) => {
    const target = `127.0.0.1:${await freePort()}`;
    const start = async (): Promise<void> => {
      await controller.start('--listen', target, '--state-sync-interval-seconds', '1');
    };
    const closing: (() => Promise<void>)[] = [];
    try {
      const hooks = await HookServer.open();
      closing.push(() => hooks.close());
      const mails = await MailServer.open();
      closing.push(() => mails.close());
      const alertmanager = await Alertmanager.open(alertmanagerOf(hooks, mails));
      closing.push(() => alertmanager.close());
      await start();
      const prometheus = await Prometheus.open(prometheusOf(rulesIn(controller.dir), alertmanager, target));
      closing.push(() => prometheus.close());
      const told: Watch['told'] = (status, alertname, labels = {}) =>
        eventually(
          () => {
            const all = allTold(hooks);
            const found = all.findLast((alert) => matches(alert, { alertname, instance: target, ...labels }));
            if (found?.status === status) return found;
            throw new Error(`not told that ${alertname} is ${status}, but ${JSON.stringify(all.slice(-3))}`);
          },
          { withinMs: 30_000, everyMs: 50 },
        );
      await body({ controller, prometheus, hooks, mails, start, told });
    } finally {
      for (const close of closing.reverse()) await close();
    }
  });

const running = (command: string): SpecInput => ({
  session: { windows: [{ name: 'main', command }] },
  backoff: { initialSeconds: 1, maxSeconds: 1, resetAfterSeconds: 1 },
  restartPolicy: 'Always',
});

test('a Project that crashes again and again is told of with the runbook, and told to be well when it is mended', () =>
  withWatch(async ({ controller, prometheus, hooks, told }) => {
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    controller.declare('flaky', running('exit 7'));
    const alert = await told('firing', 'TmuxletProjectCrashLooping', { project: 'flaky', severity: 'warning' });
    assert.match(alert.annotations['summary'] ?? '', /^Project flaky on 127\.0\.0\.1:\d+ keeps crashing$/);
    assert.match(alert.annotations['description'] ?? '', /^It failed \d+ times in a row/);
    assert.is(alert.annotations['runbook_url'], 'docs/runbooks/tmuxlet-project-crash-looping.md');

    controller.declare('flaky', running('exec sleep 100000'));
    await told('resolved', 'TmuxletProjectCrashLooping', { project: 'flaky' });
    assert.not.ok(allTold(hooks).some(({ labels }) => labels['project'] === 'web'));
    // All is well again: no rule finds anything to say, not even that it might.
    await eventually(async () => (await prometheus.query('ALERTS')).length === 0, { withinMs: 20_000 });
  }));

test('a controller that was killed is told of by mail and webhook, and told to be back (failure 41)', () =>
  withWatch(async ({ controller, mails, start, told }) => {
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    await controller.kill();
    const { annotations } = await told('firing', 'TmuxletControllerDown', { severity: 'critical' });
    assert.match(annotations['summary'] ?? '', /^The tmuxlet controller on 127\.0\.0\.1:\d+ is down$/);
    assert.is(annotations['runbook_url'], 'docs/runbooks/tmuxlet-controller-down.md');
    await eventually(() => mails.mails.some(({ text }) => text.includes('[FIRING:1] TmuxletControllerDown')));
    assert.is(controller.sessions().length, 1, 'the session lives on, as the description says');

    await start();
    await told('resolved', 'TmuxletControllerDown');
    await eventually(() => mails.mails.some(({ text }) => text.includes('[RESOLVED] TmuxletControllerDown')));
  }));

test('a tmux server that does not answer, and a manifest with an error, are told of and told to be over', () =>
  withWatch(async ({ controller, told }) => {
    controller.declare('web');
    await controller.untilPhase('web', 'Running');
    writeFileSync(join(controller.manifests, 'broken.json'), '{ "kind": ');
    await told('firing', 'TmuxletManifestErrors');
    rmSync(join(controller.manifests, 'broken.json'));
    await told('resolved', 'TmuxletManifestErrors');

    const [server = 0] = controller.serverPids();
    process.kill(server, 'SIGSTOP');
    try {
      await told('firing', 'TmuxletTmuxUnreachable', { shard: '0', severity: 'critical' });
    } finally {
      process.kill(server, 'SIGCONT');
    }
    await told('resolved', 'TmuxletTmuxUnreachable', { shard: '0' });
    assert.is((await controller.project('web'))?.status.attempt, 1);
  }));

test.run();
