import type { Mutation } from '../mutation.ts';

/** Unknown taken for Absent, in one place each, and looks that are too old or too short. */
export const unknown: readonly Mutation[] = [
  {
    name: 'unknown-session-is-absent',
    breaks: 'A tmux server that does not answer counts as gone, with its sessions.',
    file: 'controllers/observe.ts',
    search: 'await Promise.all([tmux.observe(since), stateFiles.read(row.name)]);',
    replacement: `await Promise.all([tmux.observe(since), stateFiles.read(row.name)]);
  for (const [place, { sessions, ...rest }] of listings.entries()) {
    if (sessions.seen === 'Unknown') listings[place] = { ...rest, server: absent, sessions: absent };
  }`,
    expected: 'I3',
    often: ['front', 'tearJournal'],
    weather: 'tmux.observe',
  },
  {
    name: 'unknown-is-not-held',
    breaks: 'What could not be observed is decided upon all the same.',
    file: 'machines/project/situation.ts',
    search: 'unknown: unknownOf(c),',
    replacement: 'unknown: null,',
    expected: 'I3',
    often: ['front', 'killSession', 'blockProcess'],
    weather: 'processes.',
  },
  {
    name: 'unknown-processes-are-absent',
    breaks: 'Processes that could not be listed count as none.',
    file: 'controllers/observe.ts',
    search: 'return unknown(`processes could not be listed: ${messageOf(error)}`);',
    replacement: 'return void error, absent;',
    expected: 'I1',
    often: ['front', 'killSession', 'blockProcess'],
    weather: 'processes.',
  },
  {
    name: 'unknown-server-is-the-same',
    breaks: 'A session that went with its tmux server counts as a failure of its own.',
    file: 'machines/project/situation.ts',
    search: 'return sameServer ? {',
    replacement: 'return sameServer || attempt.server !== null ? {',
    expected: 'I11',
  },
  {
    name: 'unknown-manifests-are-absent',
    breaks: 'A manifest directory that cannot be read counts as empty.',
    file: 'controllers/manifest.ts',
    search: "if (listing.seen === 'Present') return await makeMatch(parts, listing.value, look);",
    replacement:
      "if (listing.seen !== 'Absent') return await makeMatch(parts, listing.seen === 'Present' ? listing.value : [], look);",
    expected: 'I3',
    often: ['front', 'directoryAway'],
    weather: 'source.',
  },
  {
    name: 'broken-manifest-is-missing',
    breaks: 'A manifest that does not parse counts as deleted.',
    file: 'machines/manifests/plan.ts',
    search: '!claims.declared.has(name) && !claims.held.has(name));',
    replacement: '!claims.declared.has(name));',
    expected: 'I6',
  },
  {
    name: 'deleted-after-one-listing',
    breaks: 'A Project is deleted as soon as one listing lacks its manifest.',
    file: 'machines/manifests/missing.ts',
    search: 'return { row, since, leftMs: MISSING_FOR_MS - elapsedMs(since, now) };',
    replacement: 'return { row, since, leftMs: 0 };',
    expected: 'I3',
  },
  {
    name: 'lying-listing-believed',
    breaks: 'A listing that lacks a session is believed although its windows still have their terminal.',
    file: 'controllers/observe.ts',
    search: "const witness = listed.seen === 'Absent' ? witnessIn(seenRuns, processes) : null;",
    replacement: 'const witness = null;',
    expected: 'I1',
    often: ['front'],
    weather: 'tmux.observe',
  },
];
