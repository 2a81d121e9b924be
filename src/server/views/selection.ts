import type { Event } from '../../api/event.ts';
import type { ProjectObject } from '../../api/project.ts';
import { type Fields, parseFieldSelector, parseSelector } from './selector.ts';

/** Which Projects are wanted: all that a selector does not rule out. */
export interface ProjectFilter {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

const PROJECT_FIELDS: Fields<ProjectObject> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.uid': ({ metadata }) => metadata.uid,
  'spec.queue': ({ spec }) => spec.queue,
  'spec.suspend': ({ spec }) => String(spec.suspend),
  'status.phase': ({ status }) => status.phase,
  'status.reason': ({ status }) => status.reason,
};

/** @throws UserError when a selector is none */
export const selectProjects = ({
  labelSelector,
  fieldSelector,
}: ProjectFilter): ((project: ProjectObject) => boolean) => {
  const labelled = labelSelector ? parseSelector(labelSelector) : () => true;
  const fits = fieldSelector ? parseFieldSelector(fieldSelector, PROJECT_FIELDS) : () => true;
  return (project) => labelled(project.metadata.labels ?? {}) && fits(project);
};

const EVENT_FIELDS: Fields<Event> = {
  object: ({ object }) => object,
  type: ({ type }) => type,
  reason: ({ reason }) => reason,
};

/** @throws UserError when the selector is none */
export const selectEvents = (fieldSelector: string | undefined): ((event: Event) => boolean) =>
  fieldSelector ? parseFieldSelector(fieldSelector, EVENT_FIELDS) : () => true;
