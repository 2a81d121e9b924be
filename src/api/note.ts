/**
 * Says something that is worth a line in the log: constant words, which can be searched for, and the particulars as
 * fields. `info` is for what was put in order, `warn` for what is done without.
 */
export type Note = (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;
