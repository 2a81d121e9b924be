import { visible } from './visible.ts';

/** A person's mistake, said in one line that tells what would be right. Never shown with a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** 1: the thing failed; 2: wrong usage; 75: somebody else holds what is needed (EX_TEMPFAIL). */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    // It is shown on terminals and may tell what somebody else has written.
    super(visible(message));
    this.exitCode = exitCode;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
