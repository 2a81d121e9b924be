import { Gauge, type Registry } from 'prom-client';

export const buildMetrics = (registry: Registry, version: string): void => {
  new Gauge({
    name: 'tmuxlet_build_info',
    help: 'Always 1; its labels say which tmuxlet runs on which Node.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
};
