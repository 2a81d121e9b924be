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
  if (format === 'json') return { print: (items) => items.forEach((item) => context.print(objectText(item, format))) };
  if (format === 'yaml') {
    return { print: (items) => items.forEach((item) => context.print(`---\n${objectText(item, format)}`)) };
  }
  const columns = kind.columns.filter(({ wide }) => wide !== true || format === 'wide');
  let header: string[][] = [columns.map(({ title }) => title)];
  let widths: number[] = [];
  return {
    print: (items) => {
      const look = { nowMs: context.io.now(), paint: context.paint };
      const rows = [...header, ...items.map((item) => columns.map(({ of }) => of(item, look)))];
      header = [];
      widths = widthsOf(rows, widths);
      if (rows.length > 0) context.print(tableText(rows, widths));
    },
  };
};

/** `project/web` */
export const reference = <T>(kind: Kind<T>, item: T): string => `${kind.singular}/${kind.nameOf(item)}`;
