const ASSIGNMENT = /\b(?!TMUXLET_)([A-Z_][A-Z0-9_]*)=("[^"]*"|'[^']*'|[^\s"',]+)/g;
const LOGIN_IN_URL = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

/**
 * Hides the values of environment variables, and log-ins in URLs, in a text that others wrote: errors quote command
 * lines, and those may hold `TOKEN=…`. Our own TMUXLET_ variables are no secrets and stay readable.
 */
export const maskSecrets = (text: string): string => text.replace(ASSIGNMENT, '$1=***').replace(LOGIN_IN_URL, '$1***@');
