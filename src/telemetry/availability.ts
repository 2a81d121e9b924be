/** The totals as they were at a moment, from which on the loop was up. */
export interface UpSince {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly upMs: number;
  readonly downMs: number;
}

/** Outlives the controller, and is written without any pass having to write. */
export interface SignOfLife {
  /** What was written last, and when the last sign was given (epoch milliseconds); null where there is none. */
  read(): { readonly since: UpSince; readonly lastSignAt: number } | null;
  write(since: UpSince): void;
  /** Gives a sign, now: what is written holds until this moment. */
  touch(): void;
}

/** For how long the loop was up and down, in all lives of the controller with its state directory. */
export interface Availability {
  readonly upMs: number;
  readonly downMs: number;
  /** The last sign of this life. */
  close(): void;
}

export interface AvailabilityParts {
  readonly sign: SignOfLife;
  /** What `/livez` says. */
  readonly isUp: () => boolean;
  readonly now: () => { readonly wallMs: number; readonly monotonicMs: number };
  /** Calls back every so many milliseconds; returns how to stop. */
  readonly every: (ms: number, callback: () => void) => () => void;
}

const LOOK_MS = 1_000;
/** A look that comes later than this was kept from coming: the process was stopped, or something blocked it. */
const LATE_MS = 10_000;
const SIGN_MS = 5_000;

/**
 * Counts from look to look. Signs are given while the loop is up and at no other time, so that whoever comes next
 * counts the time from the last one until he starts as down, however the end came.
 */
export const watchAvailability = ({ sign, isUp, now, every }: AvailabilityParts): Availability => {
  let { upMs, downMs } = totalsAt(sign, now().wallMs);
  let wasUp = true;
  let looked = now().monotonicMs;
  let signed = looked;

  const begin = (): void => {
    sign.write({ at: now().wallMs, upMs, downMs });
    signed = now().monotonicMs;
  };

  const look = (): void => {
    const { monotonicMs } = now();
    const spanMs = monotonicMs - looked;
    looked = monotonicMs;
    const up = isUp() && spanMs < LATE_MS;
    if (up) upMs += spanMs;
    else downMs += spanMs;
    if (up && !wasUp) begin();
    else if (up && monotonicMs - signed >= SIGN_MS) {
      sign.touch();
      signed = monotonicMs;
    }
    wasUp = up;
  };

  begin();
  const stop = every(LOOK_MS, look);
  return {
    get upMs() {
      look();
      return upMs;
    },
    get downMs() {
      look();
      return downMs;
    },
    close() {
      stop();
      look();
      if (wasUp) sign.touch();
    },
  };
};

/** Until the last sign it was up, and down ever since. A clock that was set back makes nothing negative. */
const totalsAt = (sign: SignOfLife, at: number): Pick<UpSince, 'upMs' | 'downMs'> => {
  const last = sign.read();
  if (last === null) return { upMs: 0, downMs: 0 };
  const { since, lastSignAt } = last;
  return {
    upMs: since.upMs + Math.max(0, lastSignAt - since.at),
    downMs: since.downMs + Math.max(0, at - lastSignAt),
  };
};
