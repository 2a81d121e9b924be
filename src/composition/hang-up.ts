/** SIGHUP, which would end the process if nobody listened. */
export interface HangUps {
  /** From now on each is answered with this; one that came before is answered at once. */
  answer(how: () => void): void;
  stop(): void;
}

export const listenForHangUps = (): HangUps => {
  let isWaiting = false;
  let answer = (): void => {
    isWaiting = true;
  };
  const heard = (): void => answer();
  process.on('SIGHUP', heard);
  return {
    answer(how) {
      answer = how;
      if (isWaiting) how();
    },
    stop: () => void process.off('SIGHUP', heard),
  };
};
