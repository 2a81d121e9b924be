import type { RecordState } from '../../api/action.ts';
import { valueOf } from '../../api/seen.ts';
import type { Hands } from './hands.ts';

/** What an earlier Project of that name has left is evidence: it goes to the archive first (failure 3). */
export const recordState = async (
  { stateFiles }: Pick<Hands, 'stateFiles'>,
  { state }: Pick<RecordState, 'state'>,
): Promise<void> => {
  const before = valueOf(await stateFiles.read(state.name));
  if (before !== undefined && before.uid !== state.uid) await stateFiles.archive(state.name);
  await stateFiles.write(state);
};
