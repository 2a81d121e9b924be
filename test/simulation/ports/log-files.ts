import { Name } from '../../../src/api/manifest.ts';
import type { LogFile, LogFiles } from '../../../src/api/ports/world.ts';
import type { Life } from '../kernel/life.ts';
import { diskError } from '../machine/disk.ts';
import { type Machine, STATE_DIR } from '../machine/machine.ts';

const LOGS = `${STATE_DIR}/logs`;
/** Simulated commands say little. */
const LIMITS = { maxBytes: 200, keep: 2 };
const SUFFIX = '.log';

/** The windows' logs on the simulated disk. */
export const logFilesOf = (
  { life, machine: { disk } }: { readonly life: Life; readonly machine: Machine },
  { maxBytes, keep } = LIMITS,
): LogFiles => {
  const pathOf = (project: string, window: string): string => `${LOGS}/${checked(project)}/${checked(window)}${SUFFIX}`;

  const isDue = ({ project, window }: LogFile): boolean =>
    (disk.file(pathOf(project, window))?.text.length ?? 0) > maxBytes;

  /** A directory that is not there has none. */
  const logsIn = (project: string): readonly LogFile[] =>
    disk
      .list(`${LOGS}/${project}`)
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => ({ project, window: file.slice(0, -SUFFIX.length) }));

  return {
    pathOf,

    prepare: (project, window) =>
      life.instant('logFiles.prepare', {
        effect: () => {
          const file = pathOf(project, window);
          disk.makeDirectory(`${LOGS}/${project}`);
          return file;
        },
        fails: [() => diskError('ENOSPC', LOGS), () => diskError('EIO', LOGS)],
      }),

    rotateDue: () =>
      life.call('logFiles.rotateDue', {
        effect: () => (disk.isDirectory(LOGS) ? disk.list(LOGS).flatMap(logsIn).filter(isDue) : []),
        fails: [() => diskError('EIO', LOGS)],
        reads: true,
      }),

    rotate({ project, window }) {
      const file = pathOf(project, window);
      const makeRoom = (): void => {
        for (let number = keep - 1; number >= 1; number -= 1) {
          if (disk.file(`${file}.${number}`) !== null) disk.rename(`${file}.${number}`, `${file}.${number + 1}`);
        }
      };
      return life.call('logFiles.rotate', {
        effect: () => {
          makeRoom();
          const log = disk.file(file);
          if (log === null) return;
          if (keep > 0) disk.replace(`${file}.1`, log.text);
          disk.overwrite(log, '');
        },
        fails: [() => diskError('ENOSPC', file), () => diskError('EIO', file)],
        partial: () => {
          makeRoom();
          throw diskError('ENOSPC', file);
        },
      });
    },
  };
};

const checked = (name: string): string => {
  if (!Name.safeParse(name).success) throw new Error(`"${name}" cannot be part of the path of a log`);
  return name;
};
