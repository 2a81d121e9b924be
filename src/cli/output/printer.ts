import type { Context } from '../context.ts';
import type { Kind } from '../kinds/kind.ts';
import { type Format, objectText } from './format.ts';
import { tableText, widthsOf } from './table.ts';

/** Prints things of one kind in one format; what comes later goes on in the same columns. */
export interface Printer<T> {
  print(items: readonly T[]): void;
}

export const createPrinter = <T>(context: Context, kind: Kind<T>, format: Format | undefined): Printer<T> => {
  if (format === 'name') return { print: (items) => items.forEach((item) => context.print(reference(kind, item))) };
  // One a line, for programs that read while it goes on.
  if (format === 'json') return { print: (items) => items.forEach((item) => context.print(JSON.stringify(item))) };
  if (format === 'yaml') {
    return { print: (items) => items.forEach((item) => context.print(`---\n${objectText(item, format)}`)) };
  }
  let header = [titlesOf(kind, format === 'wide')];
  let widths: number[] = [];
  return {
    print: (items) => {
      const rows = [...header, ...items.map((item) => cellsOf(kind, item, context, format === 'wide'))];
      header = [];
      widths = widthsOf(rows, widths);
      if (rows.length > 0) context.print(tableText(rows, widths));
    },
  };
};

export const titlesOf = <T>(kind: Kind<T>, wide: boolean): string[] => columnsOf(kind, wide).map(({ title }) => title);

export const cellsOf = <T>(kind: Kind<T>, item: T, { io, paint }: Context, wide: boolean): string[] =>
  columnsOf(kind, wide).map(({ of }) => of(item, { nowMs: io.now(), paint }));

const columnsOf = <T>(kind: Kind<T>, wide: boolean) => kind.columns.filter((column) => wide || column.wide !== true);

/** `project/web` */
export const reference = <T>(kind: Kind<T>, item: T): string => `${kind.singular}/${kind.nameOf(item)}`;
