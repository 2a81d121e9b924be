import type { ForgetProject } from '../../api/action.ts';
import type { Hands } from './hands.ts';

/** The row goes last: whatever fails before it is tried again. */
export const forgetProject = async (
  { stateFiles, runs, store }: Hands,
  { uid, name }: ForgetProject,
): Promise<void> => {
  await stateFiles.archive(name);
  await runs.forget(uid);
  store.transaction((writes) => writes.forgetProject(uid));
};
