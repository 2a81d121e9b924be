import { UserError } from '../../api/errors.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * Kubernetes' equality-based label selector: `key=value`, `key!=value`, `key`, `!key`, joined by commas.
 * @throws UserError (exit code 2) for anything else
 */
export const parseSelector = (text: string): ((labels: Labels) => boolean) => {
  const terms = text.split(',').map((term) => {
    const [, not, key, operator, value] = /^(!?)([^\s!=,]+)(?:(==?|!=)([^\s!=]*))?$/.exec(term.trim()) ?? [];
    if (key === undefined || (not === '!' && operator !== undefined)) {
      throw new UserError(`label selector "${term}": must be key=value, key!=value, key or !key`, 2);
    }
    if (operator === undefined) return (labels: Labels) => Object.hasOwn(labels, key) === (not === '');
    return (labels: Labels) => (labels[key] === value) === (operator !== '!=');
  });
  return (labels) => terms.every((term) => term(labels));
};
