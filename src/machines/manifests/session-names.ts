import { type ProjectManifest, sessionNameOf } from '../../api/manifest.ts';

/** One session name that several Projects ask for. */
export interface SharedName {
  readonly sessionName: string;
  readonly projects: readonly string[];
  /** False when each of them is content with another name. */
  readonly blocks: boolean;
  readonly message: string;
}

/**
 * The session names that more than one of these Projects asks for. Only `Rename` finds a way round: whoever else
 * comes second waits or fails, for a session of another Project is neither adopted nor replaced.
 */
export const sharedNames = (manifests: readonly ProjectManifest[]): readonly SharedName[] => {
  const byName = Map.groupBy(manifests, ({ metadata, spec }) => sessionNameOf(metadata.name, spec));
  return [...byName]
    .filter(([, claimants]) => claimants.length > 1)
    .map(([sessionName, claimants]) => {
      const projects = claimants.map(({ metadata }) => metadata.name).sort();
      const strict = claimants.find(({ spec }) => spec.conflictPolicy !== 'Rename');
      const outcome = strict
        ? `and with conflictPolicy ${strict.spec.conflictPolicy} project "${strict.metadata.name}" does not run beside another`
        : 'and whichever starts second gets another name';
      const message = `projects ${projects.join(', ')} ask for one session name, "${sessionName}", ${outcome}: set session.name`;
      return { sessionName, projects, blocks: strict !== undefined, message };
    });
};
