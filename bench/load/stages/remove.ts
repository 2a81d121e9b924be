import { eventually } from '../../../test/helpers/eventually.ts';
import { markedProcesses } from '../marked-processes.ts';
import type { Fleet } from '../fleet.ts';
import type { Done } from '../measure.ts';

/** No more than these go without a person's word. */
const FEW = 3;

/** Takes all manifests away. That so many go at once is to be confirmed by a person, which is done here. */
export const remove = async (fleet: Fleet): Promise<Done> => {
  const { controller, reader } = fleet;
  const uids = new Set(fleet.rows().map(({ uid }) => uid));
  for (const name of fleet.names) controller.undeclare(name);
  const isMany = fleet.names.length > FEW;
  if (isMany) await eventually(isHeld(fleet), { withinMs: 60_000, signal: fleet.signal });
  const isTouched = isMany && reader.projects().some(({ deletion }) => deletion !== null);
  const began = performance.now();
  if (isMany) await controller.client.request('confirm-deletions', '');
  await fleet.until(0, () => reader.phaseCounts().reduce((sum, { projects }) => sum + projects, 0));
  const ms = performance.now() - began;
  const left = {
    rows: reader.projects().length,
    sessions: controller.sessions().length,
    processes: markedProcesses(uids),
  };
  return {
    what: 'every manifest taken away and the deletions confirmed, until nothing is left',
    ms,
    complaints: [
      ...(isTouched ? ['deletions began before they were confirmed'] : []),
      ...(left.rows === 0 ? [] : [`${left.rows} Projects are left`]),
      ...(left.sessions === 0 ? [] : [`${left.sessions} sessions are left`]),
      ...(left.processes.length === 0 ? [] : [`${left.processes.length} processes are left`]),
    ],
  };
};

const isHeld =
  ({ reader }: Fleet) =>
  (): boolean =>
    reader.events().some(({ reason }) => reason === 'DeletionsHeld');
