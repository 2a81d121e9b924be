import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { parser } from '@prometheus-io/lezer-promql';

/** What stands for variables, Grafana's own and the dashboard's, by their names. */
export type Variables = Readonly<Record<string, string>>;

/** An expression with a value for each of its variables; an unknown one is an error. */
export const withValues = (text: string, variables: Variables): string =>
  text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    const value = variables[name];
    if (value === undefined) throw new Error(`nothing stands for $${name}`);
    return value;
  });

/** The panels that show something: all but rows. */
export const panelsOf = (dashboard: Dashboard): readonly Panel[] =>
  (dashboard.panels ?? []).filter((panel): panel is Panel => panel.type !== 'row');

/** Every panel of ours asks Prometheus. */
export const targetsOf = (panel: Panel): readonly Dataquery[] =>
  (panel.targets ?? []) as unknown as readonly Dataquery[];

/** Names of the metrics that an expression asks for. Throws where it is no PromQL. */
export const metricsOf = (expr: string): ReadonlySet<string> => {
  const names = new Set<string>();
  parser.parse(expr).iterate({
    enter: ({ type, name, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expr.slice(from, from + 40)}\n${expr}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.add(expr.slice(from, to));
    },
  });
  return names;
};
