/** Writes schema/project.schema.json, which editors complete and check manifests with (`npm run schema`). */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { API_VERSION, Manifest, ProjectManifest } from '../src/api/manifest.ts';

export const SCHEMA_FILE = new URL('../schema/project.schema.json', import.meta.url);

/** The text of the file, as the zod schema now has it. */
export function schemaText(): string {
  // Named, so that it stands there once although a List holds it too.
  if (!z.globalRegistry.has(ProjectManifest)) z.globalRegistry.add(ProjectManifest, { id: 'Project' });
  const { $schema, ...schema } = z.toJSONSchema(Manifest, { target: 'draft-7', io: 'input' });
  const head = {
    $schema,
    $id: `https://${API_VERSION}/project.schema.json`,
    title: 'tmuxlet manifest',
    description: 'One Project, or a List of them.',
  };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(SCHEMA_FILE, schemaText());
