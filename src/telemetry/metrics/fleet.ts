import { Gauge, type Registry } from 'prom-client';

export const fleetMetrics = (registry: Registry, isOpen: () => boolean): void => {
  const breaker = new Gauge({
    name: 'tmuxlet_fleet_breaker_open',
    help: '1 while resumes are held because most of them fail, and one Project probes.',
    registers: [registry],
    collect: () => {
      breaker.set(isOpen() ? 1 : 0);
    },
  });
};
