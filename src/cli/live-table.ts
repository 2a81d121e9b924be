import { createViews } from '../server/views/views.ts';
import type { Context } from './context.ts';
import type { LiveRegion } from './live-region.ts';
import { projects } from './kinds/project.ts';
import { cellsOf, titlesOf } from './output/printer.ts';
import { tableText } from './output/table.ts';
import type { Running } from '../api/ports/run-io.ts';

const GATHER_MS = 200;
/** Ages grow while nothing happens. */
const TICK_MS = 1000;

/** Draws all Projects as they stand, whenever something happens. Returns how to stop. */
export const showLiveTable = (context: Context, region: LiveRegion, running: Running): (() => void) => {
  const views = createViews(running.reader, running.socketOf);
  const draw = (): void => {
    const { items } = views.projects();
    const rows = items.map((item) => cellsOf(projects, item, context, false));
    const table = tableText([titlesOf(projects, false), ...rows]).split('\n');
    region.draw([
      ...table,
      '',
      context.paint.dim(`${running.url}/   Ctrl-C ends the controller; every session lives on`),
    ]);
  };
  let soon: NodeJS.Timeout | null = null;
  const stopTracing = running.onTrace(() => {
    soon ??= setTimeout(() => {
      soon = null;
      draw();
    }, GATHER_MS).unref();
  });
  const ticking = setInterval(draw, TICK_MS).unref();
  draw();
  return () => {
    stopTracing();
    clearInterval(ticking);
    if (soon !== null) clearTimeout(soon);
  };
};
