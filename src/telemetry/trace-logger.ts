import type { Logger } from 'pino';
import { messageOf } from '../api/errors.ts';
import type { Trace, Tracer } from '../api/trace.ts';
import { maskSecrets } from './mask-secrets.ts';

type Of<T extends Trace['trace']> = Extract<Trace, { trace: T }>;

/**
 * Writes one constant message with fields for each trace that is worth telling. Fields are named one by one and
 * texts are masked, so that no environment or command line gets into the log by way of an error. A pass that went
 * well is silent, and a converged world writes nothing above debug (failure 71).
 */
export const traceLogger = (logger: Logger): Tracer => {
  /** The error's message; where it came from only for who debugs. */
  const described = (error: unknown) => ({
    error: maskSecrets(messageOf(error)),
    ...(logger.isLevelEnabled('debug') && error instanceof Error ? { stack: maskSecrets(error.stack ?? '') } : {}),
  });

  const reconciled = ({ controller, key, result, error }: Of<'Reconciled'>): void => {
    if (result === 'error') logger.error({ controller, key, ...described(error) }, 'reconcile failed');
  };

  const recorded = ({ event: { type, object, reason, message } }: Of<'EventRecorded'>): void =>
    logger[type === 'Warning' ? 'warn' : 'info']({ object, reason, message: maskSecrets(message) }, 'event');

  const acted = ({ kind, name, result, ms, error }: Of<'ActionDone'>): void => {
    const fields = { project: name, action: kind };
    switch (result) {
      case 'success':
        // What it came to is told by an event and by the phase.
        logger.debug({ ...fields, ms: Math.round(ms) }, 'action done');
        return;
      case 'dry_run':
        logger.info(fields, 'action not taken: dry run');
        return;
      case 'error':
        logger.error({ ...fields, ms: Math.round(ms), ...described(error) }, 'action failed');
    }
  };

  const notified = ({ channel, result, error }: Of<'Notified'>): void => {
    if (result === 'success') logger.info({ channel }, 'notification delivered');
    else logger.warn({ channel, ...described(error) }, 'notification not delivered');
  };

  /** What cannot be seen at the moment, and why: one warning tells of it, not one for each that looked. */
  const unseen = new Map<string, string>();

  const unknown = ({ source, reason }: Of<'Unknown'>): void => {
    const known = unseen.get(source) === reason;
    unseen.set(source, reason);
    logger[known ? 'debug' : 'warn']({ source, reason: maskSecrets(reason) }, 'observation unknown');
  };

  const observed = (source: string): void => {
    if (unseen.delete(source)) logger.info({ source }, 'observed again');
  };

  return (trace) => {
    switch (trace.trace) {
      case 'Reconciled':
        return reconciled(trace);
      case 'Committed':
        return logger.info({ project: trace.name, from: trace.from, to: trace.to, rule: trace.rule }, 'phase changed');
      case 'EventRecorded':
        return recorded(trace);
      case 'ActionDone':
        return acted(trace);
      case 'Notified':
        return notified(trace);
      case 'Unknown':
        return unknown(trace);
      case 'Fenced':
        return logger.fatal({ reason: trace.reason }, 'fenced by another controller');
      case 'Planned':
        return logger.debug({ project: trace.name, rule: trace.rule, actions: trace.actions }, 'planned');
      case 'ManifestsRead':
        observed('manifests');
        return logger.debug({ good: trace.good, bad: trace.bad }, 'manifests read');
      case 'Woken':
        return logger.trace({ controller: trace.controller, key: trace.key, why: trace.why }, 'woken');
      case 'Observed':
        return observed(trace.source);
      case 'PreflightChecked':
        return logger.debug({ project: trace.name, checks: trace.checks.length }, 'pre-flight checked');
      case 'Lock':
        return logger.debug({ project: trace.name, purpose: trace.purpose, change: trace.change }, 'lock');
      case 'Beats':
        return logger.trace({ project: trace.name, source: trace.source, beats: trace.beats }, 'heartbeat');
      case 'StateCompared':
        return logger.debug({ mismatches: trace.mismatches.length, skipped: trace.skipped.length }, 'records compared');
      case 'Queue':
        return logger.trace({ queue: trace.queue, ...trace.change }, 'queue');
    }
  };
};
