import type { Mutation } from '../mutation.ts';

/** The loop, its queue, locks and store. */
export const loop: readonly Mutation[] = [
  {
    name: 'writes-when-converged',
    breaks: 'Every pass stamps the conditions anew.',
    file: 'machines/project/conditions.ts',
    search: 'before?.status === finding.status ? before.lastTransitionTime : new Date(s.now.wallMs).toISOString(),',
    replacement: 'before === null ? "" : new Date(s.now.wallMs).toISOString(),',
    expected: 'I7',
  },
  {
    name: 'fencing-forgotten',
    breaks: 'A controller that was taken over goes on writing.',
    file: 'store/writer.ts',
    search: 'if (current !== epoch)',
    replacement: 'if (current === undefined)',
    expected: 'I4',
    often: ['startAnother'],
  },
  {
    name: 'lock-released-early',
    breaks: 'A Project’s lock is given back before its actions are executed.',
    file: 'controllers/project.ts',
    search: 'const committed = this.#decideAndCommit(uid, sight, true);',
    replacement: `lock.release();
      const committed = this.#decideAndCommit(uid, sight, true);`,
    expected: 'I1',
  },
  {
    name: 'lock-never-released',
    breaks: 'A Project’s lock is kept after its actions were executed.',
    file: 'controllers/project.ts',
    search: `    } finally {
      lock.release();
    }`,
    replacement: `    } finally {
      void lock;
    }`,
    expected: 'I12',
  },
  {
    name: 'lock-not-needed',
    breaks: 'A session is started or ended while somebody else holds its Project’s lock.',
    file: 'controllers/project-lock.ts',
    search: `change: 'busy', heldMs: 0 });
    return null;`,
    replacement: `change: 'busy', heldMs: 0 });
    return { token: 0, release() {} };`,
    expected: 'I1',
    often: ['holdLock', 'suspend'],
  },
  {
    name: 'lock-not-taken',
    breaks: 'A Project’s session is changed without its lock.',
    file: 'controllers/project.ts',
    search: 'const needs = mayAct ? null : lockPurpose(plan, row);',
    replacement: 'const needs = mayAct || row !== null ? null : lockPurpose(plan, row);',
    expected: 'I1',
  },
  {
    name: 'retry-without-back-off',
    breaks: 'A pass that failed is made again at once, for ever.',
    file: 'controllers/workqueue.ts',
    search: 'this.addAfter(key, Math.min(BASE_DELAY_MS * 2 ** Math.min(failures, 30), MAX_DELAY_MS));',
    replacement: 'this.addAfter(key, BASE_DELAY_MS);',
    expected: 'I8',
  },
  {
    name: 'command-not-acknowledged',
    breaks: 'A restart or reset that a person asked for is done and never acknowledged.',
    file: 'machines/project/rules/requests.ts',
    search: 's.command === null ? null : { id: s.command.id, result };',
    replacement: 's.command === null || result !== null ? null : { id: s.command.id, result };',
    expected: 'I12',
    often: ['command'],
  },
  {
    name: 'dry-run-kills-orphans',
    breaks: 'A dry run ends orphans.',
    file: 'controllers/manager.ts',
    search: "dryRun: dryRun ? 'a dry run' : stateSyncDryRun ? 'STATE_SYNC_DRY_RUN' : null,",
    replacement: "dryRun: dryRun && stateSyncDryRun ? 'a dry run' : null,",
    expected: 'I13',
    often: ['leaveOrphan', 'createSession', 'rehearse'],
  },
  {
    name: 'dry-run-archives',
    breaks: 'A dry run moves state files to the archive.',
    file: 'controllers/manager.ts',
    search: 'mends: !settings.dryRun && !settings.stateSyncDryRun,',
    replacement: 'mends: true,',
    expected: 'I13',
    often: ['rehearse', 'stateFile', 'removeManifest'],
  },
  {
    name: 'events-not-recorded',
    breaks: 'What is decided leaves no event.',
    file: 'controllers/project.ts',
    search: 'for (const event of plan.events) writes.recordEvent(event, at);',
    replacement: '',
    expected: 'I5',
  },
];
