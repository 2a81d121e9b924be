/**
 * A controller that does nothing but write, until it is killed: `node store-writer.ts DATABASE`. After each commit it
 * prints how many there have been.
 */
import { newMemory } from '../../src/api/memory.ts';
import { openStore } from '../../src/store/store.ts';
import { addProject, manifestOf } from './store.ts';

const store = openStore(process.argv[2] ?? '', { now: Date.now });
const uid = addProject(store, manifestOf('web'));
for (let commits = 1; ; commits += 1) {
  store.transaction((writes) => {
    const version = store.project(uid)?.resourceVersion ?? 0;
    writes.setMemory(uid, version, { ...newMemory, restarts: commits });
    writes.recordEvent({ type: 'Normal', reason: 'Counted', message: `${commits}`, object: 'Project/web' }, commits);
  });
  process.stdout.write(`${commits}\n`);
  if (commits % 50 === 0) store.checkpoint();
}
