/**
 * The rules of the house that oxlint does not have, as a plugin of it. First of all the imports: which part of
 * src/ may import which, and which libraries each may know. The picture is in docs/architecture.md; this table
 * is what holds.
 */
import { dirname, relative, resolve } from 'node:path';

interface Part {
  /** Other parts of src/ it may import; its own files always. */
  readonly parts: readonly string[];
  /** Libraries it may import, `node:` being all of Node's own modules; null: any. */
  readonly libraries: readonly string[] | null;
}

const HOUSE: Readonly<Record<string, Part>> = {
  api: { parts: [], libraries: ['zod'] },
  machines: { parts: ['api'], libraries: ['xstate', 'node:crypto', 'node:path', 'node:util'] },
  controllers: { parts: ['api', 'machines'], libraries: ['node:async_hooks', 'node:crypto', 'node:path', 'node:util'] },
  adapters: { parts: ['api'], libraries: null },
  store: { parts: ['api'], libraries: ['better-sqlite3', 'zod', 'node:'] },
  telemetry: { parts: ['api'], libraries: ['prom-client', 'pino', 'node:'] },
  server: { parts: ['api', 'store', 'telemetry'], libraries: null },
  // It reads and writes manifests itself, and asks the machines what they think of them before it does.
  cli: { parts: ['api', 'machines', 'adapters', 'server', 'config', 'version'], libraries: null },
  // Its file is read by the parser of the manifests, so that mistakes are told the same way.
  config: { parts: ['api', 'adapters'], libraries: null },
  version: { parts: [], libraries: ['zod', 'node:'] },
};

/** The composition root, and what it is made of, know everybody. */
const ROOTS = ['main', 'composition'];
/** Who starts the whole program, and may know src/main.ts for it. */
const STARTERS = ['backup', 'debug', 'doctor', 'plan', 'restore', 'run', 'sync'].map((verb) => `cli/verbs/${verb}.ts`);

// What we use of oxlint's ESLint-compatible plugin API.
interface Context {
  readonly filename: string;
  readonly cwd: string;
  report(problem: { node: unknown; message: string }): void;
}
interface Importing {
  readonly source: { readonly type: string; readonly value?: unknown } | null;
}
interface Calling {
  readonly type: 'NewExpression' | 'CallExpression';
  readonly callee: { readonly name?: string };
  readonly arguments: readonly unknown[];
}

const imports = {
  create(context: Context) {
    const src = resolve(context.cwd, 'src');
    const file = relative(src, context.filename);
    const part = partOf(file);
    if (file.startsWith('..') || ROOTS.includes(part)) return {};

    const check = (node: Importing): void => {
      if (typeof node.source?.value !== 'string') return;
      const message = problem(file, part, node.source.value, (target) =>
        relative(src, resolve(dirname(context.filename), target)),
      );
      if (message !== null) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

function problem(file: string, part: string, target: string, inSrc: (target: string) => string): string | null {
  const rules = HOUSE[part];
  if (rules === undefined) return `src/${part} is no part of the house; give it its place in scripts/lint/house.ts`;
  if (!target.startsWith('.')) {
    const library = target.startsWith('node:') ? target : nameOf(target);
    const known = rules.libraries?.some((each) => each === library || (each === 'node:' && library.startsWith(each)));
    return (known ?? true) ? null : `src/${part} may not import the library ${library}`;
  }
  const other = partOf(inSrc(target));
  const allowed = other === part || rules.parts.includes(other) || (other === 'main' && STARTERS.includes(file));
  return allowed ? null : `src/${part} may not import src/${other}: imports point one way`;
}

/** `api/ports/tmux.ts` is of the part api, `config.ts` is the part config, and what leaves src/ is none. */
const partOf = (path: string): string => (path.split('/')[0] ?? '').replace(/\.ts$/, '');

/** The package of a specifier: `@a/b/c` is of `@a/b`. */
const nameOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** `new Date(at)` only writes a time down; without an argument it reads the clock. */
const noCurrentDate = {
  create(context: Context) {
    const check = (node: Calling): void => {
      if (node.callee.name === 'Date' && (node.arguments.length === 0 || node.type === 'CallExpression')) {
        context.report({ node, message: 'The time is an argument here: Date without one reads the clock' });
      }
    };
    return { NewExpression: check, CallExpression: check };
  },
};

export default { meta: { name: 'house' }, rules: { imports, 'no-current-date': noCurrentDate } };
