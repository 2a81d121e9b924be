import { type RequestHandler, Router } from 'express';
import type { Health, HealthCheck } from './control.ts';

/** `/livez`, `/readyz` and `/healthz` in Kubernetes' format; `?verbose` lists each check, a failure always does. */
export const healthRoutes = (health: Health): Router =>
  Router()
    .get(
      '/livez',
      answer('livez', () => health.live()),
    )
    .get(
      '/readyz',
      answer('readyz', () => health.ready()),
    )
    .get(
      '/healthz',
      answer('healthz', () => [...health.live(), ...health.ready()]),
    );

const answer =
  (name: string, look: () => readonly HealthCheck[]): RequestHandler =>
  (request, response) => {
    const checks = look();
    const ok = checks.every((check) => check.ok);
    response.status(ok ? 200 : 503).type('text/plain');
    if (ok && !('verbose' in request.query)) {
      response.send('ok');
      return;
    }
    const lines = checks.map((check) =>
      check.ok ? `[+]${check.name} ok` : `[-]${check.name} failed: ${check.message}`,
    );
    response.send([...lines, `${name} check ${ok ? 'passed' : 'failed'}`, ''].join('\n'));
  };
