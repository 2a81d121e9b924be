import type { CheckResult } from '../../api/decision.ts';

export const pass = (name: string, message: string): CheckResult => ({ name, result: 'Pass', message, remedy: '' });

export const fail = (name: string, message: string, remedy: string): CheckResult => ({
  name,
  result: 'Fail',
  message,
  remedy,
});

/** What a start can do without. */
export const warn = (name: string, message: string, remedy: string): CheckResult => ({
  name,
  result: 'Warn',
  message,
  remedy,
});
