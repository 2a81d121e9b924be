const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span as kubectl writes it: two units while the second still matters, else one. */
export const spanText = (ms: number): string => {
  const whole = (unit: number): number => Math.floor(Math.max(0, ms) / unit);
  const two = (large: number, name: string, small: number, smallName: string): string => {
    const rest = whole(small) % (large / small);
    return `${whole(large)}${name}${rest > 0 ? `${rest}${smallName}` : ''}`;
  };
  if (ms < 2 * MINUTE) return `${whole(SECOND)}s`;
  if (ms < 10 * MINUTE) return two(MINUTE, 'm', SECOND, 's');
  if (ms < 3 * HOUR) return `${whole(MINUTE)}m`;
  if (ms < 8 * HOUR) return two(HOUR, 'h', MINUTE, 'm');
  if (ms < 2 * DAY) return `${whole(HOUR)}h`;
  if (ms < 8 * DAY) return two(DAY, 'd', HOUR, 'h');
  return `${whole(DAY)}d`;
};

/** How long ago something was; nothing for what never was. */
export const ageText = (atMs: number | null, nowMs: number): string =>
  atMs === null ? '<none>' : spanText(nowMs - atMs);
