import type { Mutation } from '../mutation.ts';

/** What is not ours: sessions of people, of neighbours, and of Projects that are gone. */
export const others: readonly Mutation[] = [
  {
    name: 'any-policy-replaces',
    breaks: 'A session that has the name is replaced, whatever the policy says.',
    file: 'machines/project/conflict.ts',
    search: "if (conflictPolicy === 'Rename' || conflictPolicy === 'Fail')",
    replacement:
      "if (conflictPolicy === 'Rename') return { rival, way: 'Replace', why: taken };\n  if (conflictPolicy === 'Fail')",
    expected: 'I2',
    often: ['createSession', 'killSession'],
  },
  {
    name: 'adopt-without-evidence',
    breaks: 'A lost session is taken to be any untagged one.',
    file: 'machines/project/evidence.ts',
    search: 'const there = orphans.filter((session) => session.paths.includes(s.spec.path));',
    replacement: 'const there = orphans.slice(0, 1);',
    expected: 'I2',
    often: ['createSession', 'loseName', 'killSession'],
  },
  {
    name: 'adopt-from-elsewhere',
    breaks: 'conflictPolicy Adopt takes a session that works somewhere else.',
    file: 'machines/project/conflict.ts',
    search: "if (s.spec.conflictPolicy === 'Replace' || paths.includes(s.spec.path)) return null;",
    replacement: 'void paths;\n  return null;',
    expected: 'I2',
    often: ['createSession', 'suspend', 'declare'],
  },
  {
    name: 'any-uid-is-ours',
    breaks: 'A session of any Project counts as this Project’s.',
    file: 'controllers/observe.ts',
    search: '.filter((session) => session.tags.uid === uid),',
    replacement: '.filter((session) => session.tags.uid !== uid || true),',
    expected: 'I1',
  },
  {
    name: 'orphan-grace-zero',
    breaks: 'An orphan is killed however young it is.',
    file: 'machines/orphans.ts',
    search: 'ageMs(c, counts) < c.settings.graceMs,',
    replacement: 'ageMs(c, counts) < 0,',
    expected: 'I3',
    often: ['leaveOrphan', 'createSession', 'loseDatabase'],
  },
  {
    name: 'orphan-seen-once',
    breaks: 'An orphan is killed at first sight.',
    file: 'machines/orphans.ts',
    search: 'when: (_, counts) => counts.count < SIGHTINGS,',
    replacement: 'when: (_, counts) => counts.count < 1,',
    expected: 'I3',
    often: ['leaveOrphan', 'createSession'],
  },
];
