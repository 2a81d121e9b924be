import type { FieldConfig, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** How the field of this name looks: the panel's defaults, with what is said of it alone. */
export const fieldOf = (panel: Panel, name: string): FieldConfig => {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const own = overrides.filter(({ matcher }) => matcher.id === 'byName' && matcher.options === name);
  const properties = own.flatMap(({ properties }) => properties);
  const custom: Record<string, unknown> = { ...(defaults.custom as object) };
  const field: Record<string, unknown> = { ...defaults, custom };
  for (const { id, value } of properties) {
    if (id.startsWith('custom.')) custom[id.slice('custom.'.length)] = value;
    else field[id] = value;
  }
  return field;
};
