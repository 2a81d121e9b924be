import type { Logger } from 'pino';
import type { PassInfo, Trace, Tracer } from '../api/trace.ts';
import { errorFields } from './error-fields.ts';
import { maskSecrets } from './mask-secrets.ts';

type Of<T extends Trace['trace']> = Extract<Trace, { trace: T }>;

/** By these, lines of one pass and lines about one Project are found. */
const fieldsOf = (pass: PassInfo | undefined) =>
  pass && {
    reconcileId: pass.id,
    controller: pass.controller,
    ...(pass.project !== null && { project: pass.project }),
    ...(pass.attempt !== null && { attempt: pass.attempt }),
  };

/** The Project that an event is about, for passes that are about many. */
const projectOf = (object: string) =>
  object.startsWith('Project/') ? { project: object.slice('Project/'.length) } : {};

/**
 * Writes one constant message with fields for each trace that is worth telling. Fields are named one by one and
 * texts are masked, so that no environment or command line gets into the log by way of an error. A pass that went
 * well is silent, and a converged world writes nothing above debug (failure 71). docs/logs.md lists the messages.
 */
export const traceLogger = (logger: Logger): Tracer => {
  const described = (error: unknown) => errorFields(error, logger.isLevelEnabled('debug'));

  const reconciled = ({ pass, controller, key, result, error }: Of<'Reconciled'>): void => {
    if (result === 'error') {
      logger.error({ ...fieldsOf(pass), controller, key, ...described(error) }, 'reconcile failed');
    }
  };

  const recorded = ({ pass, event: { type, object, reason, message } }: Of<'EventRecorded'>): void => {
    const level = type === 'Warning' ? 'warn' : 'info';
    const fields = { ...fieldsOf(pass), ...projectOf(object), object, reason, message: maskSecrets(message) };
    logger[level](fields, 'event');
  };

  const acted = ({ pass, kind, name, result, ms, error }: Of<'ActionDone'>): void => {
    const fields = { ...fieldsOf(pass), project: name, action: kind };
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

  const notified = ({ pass, channel, result, error }: Of<'Notified'>): void => {
    const fields = { ...fieldsOf(pass), channel };
    if (result === 'success') logger.info(fields, 'notification delivered');
    else logger.warn({ ...fields, ...described(error) }, 'notification not delivered');
  };

  /** What cannot be seen at the moment, and why: one warning tells of it, not one for each that looked. */
  const unseen = new Map<string, string>();

  const unknown = ({ pass, source, reason }: Of<'Unknown'>): void => {
    const known = unseen.get(source) === reason;
    unseen.set(source, reason);
    const fields = { ...fieldsOf(pass), source, reason: maskSecrets(reason) };
    logger[known ? 'debug' : 'warn'](fields, 'observation unknown');
  };

  const observed = (source: string, pass: PassInfo | undefined): void => {
    if (unseen.delete(source)) logger.info({ ...fieldsOf(pass), source }, 'observed again');
  };

  return (trace) => {
    const pass = fieldsOf(trace.pass);
    switch (trace.trace) {
      case 'Reconciled':
        return reconciled(trace);
      case 'Committed': {
        const { name: project, from, to, rule } = trace;
        return logger.info({ ...pass, project, from, to, rule }, 'phase changed');
      }
      case 'EventRecorded':
        return recorded(trace);
      case 'ActionDone':
        return acted(trace);
      case 'Notified':
        return notified(trace);
      case 'Unknown':
        return unknown(trace);
      case 'Fenced':
        return logger.fatal({ ...pass, reason: trace.reason }, 'fenced by another controller');
      case 'Planned': {
        const { name: project, rule, actions } = trace;
        return logger.debug({ ...pass, project, rule, actions }, 'planned');
      }
      case 'ManifestsRead':
        observed('manifests', trace.pass);
        return logger.debug({ ...pass, good: trace.good, bad: trace.bad }, 'manifests read');
      case 'Woken':
        return logger.trace({ ...pass, woken: trace.controller, key: trace.key, why: trace.why }, 'woken');
      case 'Observed':
        return observed(trace.source, trace.pass);
      case 'PreflightChecked':
        return logger.debug({ ...pass, project: trace.name, checks: trace.checks.length }, 'pre-flight checked');
      case 'Lock': {
        const { name: project, purpose, change } = trace;
        return logger.debug({ ...pass, project, purpose, change }, 'lock');
      }
      case 'Beats': {
        const { name: project, source, beats } = trace;
        return logger.trace({ ...pass, project, source, beats }, 'heartbeat');
      }
      case 'StateCompared': {
        const { mismatches, skipped } = trace;
        return logger.debug({ ...pass, mismatches: mismatches.length, skipped: skipped.length }, 'records compared');
      }
      // Told for the metrics alone: events say the same to people, or there are too many.
      case 'LockWaited':
      case 'AttemptBegan':
      case 'AttemptEnded':
      case 'RunSeen':
      case 'PlaceGiven':
      case 'Intervened':
      case 'TmuxAnswered':
      case 'TmuxListed':
      case 'StoreWritten':
      case 'StoreFailed':
        return;
      case 'Queue':
        return logger.trace({ ...pass, queue: trace.queue, ...trace.change }, 'queue');
    }
  };
};
