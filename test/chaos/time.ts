/** Milliseconds of CLOCK_MONOTONIC, the clock that the programs in the windows write down, too. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
