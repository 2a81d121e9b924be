import type { List } from '../server/views/list.ts';
import { UserError } from '../api/errors.ts';
import type { Context } from './context.ts';
import type { Kind } from './kinds/kind.ts';
import { warnIfOffline } from './offline.ts';
import { type Format, objectText } from './output/format.ts';
import { createPrinter } from './output/printer.ts';
import { watchOn } from './watch-on.ts';

export interface ShowOptions {
  readonly output?: Format;
  readonly selector?: string;
  readonly watch?: true;
}

/** Prints the things of a kind, all or those named; ends with 1 when a named one is not there. */
export const show = async <T>(
  context: Context,
  kind: Kind<T>,
  names: readonly string[],
  options: ShowOptions,
): Promise<number> => {
  if (options.watch) {
    await watch(context, kind, names, options);
    return 0;
  }
  const client = await context.client();
  const list = await kind.list(client, options.selector);
  warnIfOffline(context, client);
  for (const warning of list.metadata.warnings) context.say(`warning: ${warning}`);
  const items = list.items.filter((item) => isNamed(kind, item, names));
  const missing = names.filter((name) => !items.some((item) => kind.nameOf(item) === name));
  for (const name of missing) context.say(`error: ${kind.singular} "${name}" not found`);
  if (missing.length === 0 || items.length > 0) printAll(context, kind, { ...list, items }, names, options);
  return missing.length > 0 ? 1 : 0;
};

const printAll = <T>(
  context: Context,
  kind: Kind<T>,
  list: List<T>,
  names: readonly string[],
  { output }: ShowOptions,
): void => {
  if (output === 'json' || output === 'yaml') {
    const { apiVersion, kind, items } = list;
    context.print(objectText(names.length === 1 ? items[0] : { apiVersion, kind, items }, output));
  } else if (list.items.length === 0) {
    context.say(`no ${kind.plural} found`);
  } else {
    createPrinter(context, kind, output).print(list.items);
  }
};

const watch = async <T>(
  context: Context,
  kind: Kind<T>,
  names: readonly string[],
  { selector, output }: ShowOptions,
): Promise<void> => {
  const { watch: watched } = kind;
  if (watched === undefined) throw new UserError(`only projects and events can be watched, not ${kind.plural}`, 2);
  const changes = watchOn(context, {
    open: (client, signal) => watched.open(client, selector, signal),
    keyOf: (item) => kind.nameOf(item),
    versionOf: (item) => watched.versionOf(item),
  });
  const printer = createPrinter(context, kind, output);
  // What is there already is printed as one table, and then line by line what comes.
  let before: T[] | null = [];
  for await (const { object } of changes) {
    if (object === null) {
      printer.print(before ?? []);
      before = null;
    } else if (isNamed(kind, object, names)) {
      if (before === null) printer.print([object]);
      else before.push(object);
    }
  }
};

const isNamed = <T>(kind: Kind<T>, item: T, names: readonly string[]): boolean =>
  names.length === 0 || names.includes(kind.nameOf(item));
