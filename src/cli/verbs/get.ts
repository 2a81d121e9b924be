import { Argument, Command } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { UserError } from '../../api/errors.ts';
import { parseSelector } from '../../server/views/selector.ts';
import type { Act } from '../act.ts';
import type { Context } from '../context.ts';
import { eventsAbout } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import { locks } from '../kinds/lock.ts';
import { manifests } from '../kinds/manifest.ts';
import { notifications } from '../kinds/notification.ts';
import { projects } from '../kinds/project.ts';
import { queues } from '../kinds/queue.ts';
import { sessions } from '../kinds/session.ts';
import { outputOption } from '../options.ts';
import { show, type ShowOptions } from '../show.ts';

export const getCommand = (act: Act): Command =>
  new Command('get')
    .description('list Projects, sessions, manifests, events, queues, locks or notifications')
    .addArgument(
      new Argument('[kind]', 'projects, sessions, manifests, events, queues, locks, notifications').default('projects'),
    )
    .argument('[names...]', 'only these; KIND/NAME is understood too')
    .addOption(outputOption())
    .option('-w, --watch', 'go on, and print what changes')
    .option('-l, --selector <labels>', 'only Projects with these labels: key=value,key!=value,key')
    .action(act(get));

/** How much of a word is wrong when it is mistyped; where more is, it was meant as a Project's name. */
const MISTYPED = 1 / 3;

const get = async (context: Context, kind: string, names: readonly string[], options: ShowOptions): Promise<number> => {
  // `get project/web`, as `-o name` prints it.
  const [word = '', ...rest] = kind.split('/');
  const wanted = [...(rest.length > 0 ? [rest.join('/')] : []), ...names];
  const found = KINDS.find(({ words }) => words.includes(word));
  if (found === undefined) {
    const near = closest(
      word,
      KINDS.flatMap(({ words }) => words),
    );
    const meant = distance(word, near) <= MISTYPED * word.length ? near : `project ${word}`;
    throw new UserError(`there is no kind "${word}"; did you mean "get ${meant}"?`, 2);
  }
  if (options.selector !== undefined && !found.words.includes('project')) {
    throw new UserError('-l: only Projects have labels', 2);
  }
  // A mistake in it is one of usage, whoever does the selecting.
  if (options.selector !== undefined) parseSelector(options.selector);
  return found.show(context, wanted, options);
};

const entry = <T>(kind: Kind<T>) => ({
  words: [kind.singular, kind.plural, ...kind.aliases],
  show: (context: Context, names: readonly string[], options: ShowOptions) => show(context, kind, names, options),
});

const KINDS = [
  entry(projects),
  entry(sessions),
  entry(manifests),
  entry(eventsAbout()),
  entry(queues),
  entry(locks),
  entry(notifications),
];

/** For completion. */
export const KIND_NAMES = KINDS.map(({ words }) => words[1] ?? '');
