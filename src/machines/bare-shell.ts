import { basename } from 'node:path';

const SHELLS = ['sh', 'ash', 'bash', 'dash', 'fish', 'ksh', 'mksh', 'csh', 'tcsh', 'zsh'];

/** Options whose argument is the next word. */
const WITH_ARGUMENT = ['-o', '+o', '-O', '+O', '--rcfile', '--init-file'];

/**
 * A shell that reads commands from its terminal: one without a script and without `-c`. The name of a log-in
 * shell begins with `-`.
 */
export const isBareShell = ([program = '', ...args]: readonly string[]): boolean => {
  if (!SHELLS.includes(basename(program).replace(/^-/, ''))) return false;
  const options = args.filter((_, index) => !WITH_ARGUMENT.includes(args[index - 1] ?? ''));
  if (options.some((option) => /^-[a-zA-Z]*c/.test(option) || /^--command\b/.test(option))) return false;
  // With -s the words are arguments, and the commands still come from the terminal.
  return options.some((option) => /^-[a-zA-Z]*s$/.test(option)) || options.every((option) => /^[-+]/.test(option));
};
