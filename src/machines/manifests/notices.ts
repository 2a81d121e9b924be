import type { NewEvent } from '../../api/event.ts';

/** The key of what was said: which object, and what about it. */
export const noticeKey = ({ object, reason }: NewEvent): string => `${object} ${reason}`;

/** What stands until it changes is said once, when it begins: an event for each that did not stand before. */
export const newNotices = (before: ReadonlySet<string>, standing: readonly NewEvent[]): readonly NewEvent[] =>
  standing.filter((notice) => !before.has(noticeKey(notice)));
