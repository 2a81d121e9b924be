import { UserError } from '../api/errors.ts';
import type { Context } from './context.ts';

/** @throws UserError where a verb needs what only the controller's own machine has, and another one is named */
export const demandLocal = ({ config }: Context, what: string): void => {
  if (config.server === null) return;
  throw new UserError(`${what} are on the machine of ${config.server}: do this there, without --server`, 2);
};
