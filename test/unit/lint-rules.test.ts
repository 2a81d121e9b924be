import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

/** One file that breaks one rule, and the rule that must say so. */
const VIOLATIONS: Readonly<Record<string, { readonly path: string; readonly rule: string; readonly source: string }>> =
  {
    'a promise nobody waits for': {
      path: 'src/adapters/floating.ts',
      rule: 'typescript(no-floating-promises)',
      source: 'const later = async (): Promise<void> => {};\nexport const go = (): void => {\n  later();\n};\n',
    },
    'a promise where a condition is meant': {
      path: 'src/adapters/misused.ts',
      rule: 'typescript(no-misused-promises)',
      source:
        'const ask = async (): Promise<boolean> => true;\nexport const go = (): number => {\n  if (ask()) return 1;\n  return 2;\n};\n',
    },
    'a switch that forgets a case': {
      path: 'src/api/switch.ts',
      rule: 'typescript(switch-exhaustiveness-check)',
      source:
        "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      x.at(0);\n      break;\n  }\n}\n",
    },
    any: {
      path: 'src/api/any.ts',
      rule: 'typescript(no-explicit-any)',
      source: 'export const f = (x: any): unknown => x;\n',
    },
    'a circle of imports': {
      path: 'src/api/circle.ts',
      rule: 'import(no-cycle)',
      source: "import { back } from './circle-back.ts';\nexport const there = (): number => back();\n",
    },
    'a variable nobody uses': {
      path: 'src/api/unused.ts',
      rule: 'eslint(no-unused-vars)',
      source: 'export function f(): void {\n  const x = 1;\n}\n',
    },
    'console outside the CLI': {
      path: 'src/server/console.ts',
      rule: 'eslint(no-console)',
      source: "console.log('here');\n",
    },
    'the environment read outside src/config.ts': {
      path: 'src/cli/env.ts',
      rule: 'node(no-process-env)',
      source: 'export const home = process.env.HOME;\n',
    },
    'process.exit in a library': {
      path: 'src/cli/exit.ts',
      rule: 'unicorn(no-process-exit)',
      source: 'export const end = (): void => process.exit(1);\n',
    },
    'a comment that puts work off': {
      path: 'src/api/later.ts',
      rule: 'eslint(no-warning-comments)',
      source: '// TODO: the rest\nexport const f = 1;\n',
    },
    'a clock in a machine': {
      path: 'src/machines/clock.ts',
      rule: 'eslint(no-restricted-properties)',
      source: 'export const f = (): number => Date.now();\n',
    },
    'a date in a machine': {
      path: 'src/machines/date.ts',
      rule: 'house(no-current-date)',
      source: 'export const f = (): string => new Date().toISOString();\n',
    },
    'a monotonic clock in a machine': {
      path: 'src/machines/performance.ts',
      rule: 'eslint(no-restricted-globals)',
      source: 'export const f = (): number => performance.now();\n',
    },
    'a timer in a machine': {
      path: 'src/machines/timer.ts',
      rule: 'eslint(no-restricted-globals)',
      source: 'export const f = (go: () => void): unknown => setTimeout(go, 5);\n',
    },
    'an interval in a machine': {
      path: 'src/machines/interval.ts',
      rule: 'eslint(no-restricted-globals)',
      source: 'export const f = (go: () => void): unknown => setInterval(go, 5);\n',
    },
    'chance in a machine': {
      path: 'src/machines/chance.ts',
      rule: 'eslint(no-restricted-properties)',
      source: 'export const f = (): number => Math.random();\n',
    },
    'a promise in a machine': {
      path: 'src/machines/promise.ts',
      rule: 'eslint(no-restricted-globals)',
      source: 'export const f = (): unknown => Promise.resolve(1);\n',
    },
    'an async function in a machine': {
      path: 'src/machines/async.ts',
      rule: 'oxc(no-async-await)',
      source:
        'export async function f(): Promise<number> {\n  return await g();\n}\ndeclare const g: () => PromiseLike<number>;\n',
    },
    'a clock in a controller': {
      path: 'src/controllers/clock.ts',
      rule: 'eslint(no-restricted-properties)',
      source: 'export const f = (): number => Date.now();\n',
    },
    'a test that keeps the others from running': {
      path: 'test/unit/only.test.ts',
      rule: 'eslint(no-restricted-properties)',
      source: "import { test } from 'uvu';\ntest.only('this', () => {});\ntest.run();\n",
    },
    'the server opening the store to write': {
      path: 'src/server/write.ts',
      rule: 'eslint(no-restricted-imports)',
      source: "import { openStore } from '../store/store.ts';\nexport const f = [openStore];\n",
    },
    'the server going past the store to the database': {
      path: 'src/server/database.ts',
      rule: 'eslint(no-restricted-imports)',
      source: "import * as database from '../store/connection.ts';\nexport const f = [database];\n",
    },
    'a part that the house does not know': imports('src/utils/f.ts', '../api/good.ts'),
    'api importing another part': imports('src/api/up.ts', '../machines/good.ts'),
    'api importing a library beside zod': imports('src/api/library.ts', 'yaml'),
    'machines importing an adapter': imports('src/machines/project/up.ts', '../../adapters/good.ts'),
    'machines importing a library beside xstate': imports('src/machines/library.ts', 'execa'),
    'machines importing the world': imports('src/machines/world.ts', 'node:fs'),
    'controllers importing an adapter': imports('src/controllers/up.ts', '../adapters/good.ts'),
    'controllers importing the store': imports('src/controllers/store.ts', '../store/store.ts'),
    'adapters importing a machine': imports('src/adapters/tmux/up.ts', '../../machines/good.ts'),
    'the store importing an adapter': imports('src/store/up.ts', '../adapters/good.ts'),
    'the store importing the server': imports('src/store/server.ts', '../server/good.ts'),
    'telemetry importing the store': imports('src/telemetry/up.ts', '../store/store.ts'),
    'the server importing a controller': imports('src/server/up.ts', '../controllers/good.ts'),
    'the CLI importing a controller': imports('src/cli/up.ts', '../controllers/good.ts'),
    'a verb but run and plan importing the composition root': imports('src/cli/verbs/get.ts', '../../main.ts'),
    'anybody but the composition root importing its parts': imports('src/cli/parts.ts', '../composition/good.ts'),
    'an import at run time against the way': imports('src/api/dynamic.ts', '../server/good.ts', 'import'),
    'an export passed on against the way': imports('src/api/passed-on.ts', '../server/good.ts', 'export'),
    'a type taken against the way': imports('src/api/type.ts', '../server/good.ts', 'type'),
  };

/** The house as it should be: every direction that is allowed. */
const CONFORMING: Readonly<Record<string, string>> = {
  'src/api/good.ts':
    "import { z } from 'zod';\nimport { port } from './ports/good.ts';\nexport const good = z.literal(port);\n",
  'src/api/ports/good.ts': "export const port = 'a';\n",
  'src/machines/good.ts':
    "export { assign } from 'xstate';\nexport { good } from '../api/good.ts';\nexport const iso = (at: number): string => new Date(at).toISOString();\n",
  'src/controllers/good.ts':
    "import { port } from '../api/ports/good.ts';\nimport { good } from '../machines/good.ts';\nexport const both = [good, port];\n",
  'src/adapters/good.ts':
    "import { readFile } from 'node:fs/promises';\nimport { port } from './tmux/good.ts';\nexport const read = async (): Promise<string> => readFile(port, 'utf8');\n",
  'src/adapters/tmux/good.ts': "export { port } from '../../api/ports/good.ts';\n",
  'src/store/store.ts': "export { default } from 'better-sqlite3';\nexport { good } from '../api/good.ts';\n",
  'src/telemetry/good.ts': "export { Counter } from 'prom-client';\nexport { good } from '../api/good.ts';\n",
  'src/server/good.ts':
    "import { good as read } from '../store/store.ts';\nimport { good } from '../telemetry/good.ts';\nexport const served = [read, good];\n",
  'src/cli/good.ts':
    "import { home } from '../config.ts';\nimport { served } from '../server/good.ts';\nconsole.log(home, served);\n",
  'src/cli/verbs/run.ts': "export { all } from '../../main.ts';\n",
  'src/config.ts': 'export const home = process.env.HOME;\n',
  'src/main.ts': "export { all } from './composition/good.ts';\n",
  'src/composition/good.ts':
    "import { read } from '../adapters/good.ts';\nimport { both } from '../controllers/good.ts';\nexport const all = { read, both };\n",
  'test/unit/good.test.ts':
    "import { test } from 'uvu';\ntest('this', () => console.log(process.env.HOME));\ntest.run();\n",
};

function imports(path: string, target: string, how: 'static' | 'import' | 'export' | 'type' = 'static') {
  const source = {
    static: `import * as other from '${target}';\nexport const f = [other];\n`,
    import: `export const f = async (): Promise<unknown> => import('${target}');\n`,
    export: `export * from '${target}';\n`,
    type: `export type Other = import('${target}').Other;\n`,
  };
  return { path, rule: 'house(imports)', source: source[how] };
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Lints a tree of these files under the project's own rules; gives the rules broken in each. */
function lint(files: Readonly<Record<string, string>>): { code: number | null; broken: Record<string, string[]> } {
  const house = mkdtempSync(join(tmpdir(), 'tmuxlet-lint-'));
  try {
    for (const part of ['.oxlintrc.json', 'tsconfig.json', 'scripts/lint']) {
      cpSync(join(root, part), join(house, part), { recursive: true });
    }
    cpSync(join(root, 'package.json'), join(house, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
    for (const [path, source] of Object.entries(files)) {
      mkdirSync(dirname(join(house, path)), { recursive: true });
      writeFileSync(join(house, path), source);
    }
    const oxlint = resolve(root, 'node_modules/oxlint/bin/oxlint');
    const { status, stdout, stderr } = spawnSync(process.execPath, [oxlint, '-f', 'json', 'src', 'test'], {
      cwd: house,
      encoding: 'utf8',
    });
    assert.is(stderr, '');
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] };
    const broken: Record<string, string[]> = {};
    for (const { filename, code } of diagnostics) (broken[filename] ??= []).push(code);
    return { code: status, broken };
  } finally {
    rmSync(house, { recursive: true, force: true });
  }
}

const test = suite('lint rules');
const everything = {
  ...CONFORMING,
  'src/api/circle-back.ts': "import { there } from './circle.ts';\nexport const back = (): number => there();\n",
  ...Object.fromEntries(Object.values(VIOLATIONS).map(({ path, source }) => [path, source])),
};
const { code, broken } = lint(everything);

for (const [what, { path, rule }] of Object.entries(VIOLATIONS)) {
  test(`${what} fails the lint`, () => {
    assert.is(code, 1);
    assert.ok(broken[path]?.includes(rule), `${path} broke ${broken[path]?.join(', ') ?? 'nothing'}`);
  });
}

test('code that keeps to the house passes', () => {
  assert.equal(lint(CONFORMING), { code: 0, broken: {} });
});

test.run();
