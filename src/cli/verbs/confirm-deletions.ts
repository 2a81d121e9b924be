import { Command } from 'commander';
import type { Act } from '../act.ts';

export const confirmDeletionsCommand = (act: Act): Command =>
  new Command('confirm-deletions')
    .description('yes, so many manifests were taken away on purpose: their Projects may go')
    .action(
      act(async (context) => {
        await (await context.client()).request('confirm-deletions', '');
        context.print('deletions confirmed');
      }),
    );
