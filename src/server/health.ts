import { type RequestHandler, Router } from 'express';
import type { Health, HealthCheck } from './control.ts';
import { otherMethods } from './method.ts';

/** `/livez`, `/readyz` and `/healthz` in Kubernetes' format; `?verbose` lists each check, a failure always does. */
export const healthRoutes = (health: Health): Router => {
  const router = Router();
  const route = (name: string, look: () => readonly HealthCheck[]): void => {
    router.route(`/${name}`).get(answer(name, look)).all(otherMethods);
  };
  route('livez', () => health.live());
  route('readyz', () => health.ready());
  route('healthz', () => [...health.live(), ...health.ready()]);
  return router;
};

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
