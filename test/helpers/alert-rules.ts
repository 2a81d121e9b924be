import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const deploy = (path: string): string => fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url));

export const readDeployed = (path: string): unknown => parse(readFileSync(deploy(path), 'utf8'));

export const RULES = 'prometheus/rules/tmuxlet.rules.yml';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (AlertRule | RecordingRule)[] }[];
}

export const readRules = (): RuleFile => readDeployed(RULES) as RuleFile;

export const isAlert = (rule: AlertRule | RecordingRule): rule is AlertRule => 'alert' in rule;

export const alertsIn = ({ groups }: RuleFile): readonly AlertRule[] =>
  groups.flatMap(({ rules }) => rules.filter(isAlert));

/** promtool's own format of a test. */
export interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly object[];
  }[];
}

export const ruleTestFiles = (): readonly string[] =>
  readdirSync(deploy('prometheus/tests')).map((file) => deploy(`prometheus/tests/${file}`));

export const readRuleTests = (): readonly RuleTest[] =>
  ruleTestFiles().flatMap((file) => (parse(readFileSync(file, 'utf8')) as { tests: readonly RuleTest[] }).tests);
