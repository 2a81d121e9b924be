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

/** The fields of a thing that can be selected by. */
export type Fields<T> = Readonly<Record<string, (item: T) => string>>;

/**
 * Kubernetes' field selector: `field=value`, `field!=value`, joined by commas.
 * @throws UserError (exit code 2) for anything else, and for a field that is not among these
 */
export const parseFieldSelector = <T>(text: string, fields: Fields<T>): ((item: T) => boolean) => {
  const terms = text.split(',').map((term) => {
    const [, name = '', operator, value] = /^([^\s!=,]+)(==?|!=)([^=!][^=]*|)$/.exec(term.trim()) ?? [];
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      const names = Object.keys(fields).join(', ');
      throw new UserError(
        `field selector "${term}": must be field=value or field!=value, the field one of ${names}`,
        2,
      );
    }
    return (item: T) => (field(item) === value) === (operator !== '!=');
  });
  return (item) => terms.every((term) => term(item));
};
