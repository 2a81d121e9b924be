const ASSIGNMENT = /\b(?!TMUXLET_)([A-Z_][A-Z0-9_]*)=("[^"]*"|'[^']*'|[^\s"',]+)/g;

/**
 * Hides the values of environment variables in a text that others wrote: errors quote command lines, and those
 * may hold `TOKEN=…`. Our own TMUXLET_ variables are no secrets and stay readable.
 */
export const maskSecrets = (text: string): string => text.replace(ASSIGNMENT, '$1=***');
