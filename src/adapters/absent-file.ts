/** Does this error say that a file does not exist? */
export const saysAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** What is done with a file, or what stands for a file that does not exist; other errors are thrown. */
export const orAbsent = async <T, A>(doing: Promise<T>, whenAbsent: A): Promise<T | A> => {
  try {
    return await doing;
  } catch (error) {
    if (saysAbsent(error)) return whenAbsent;
    throw error;
  }
};

export const orAbsentSync = <T, A>(doing: () => T, whenAbsent: A): T | A => {
  try {
    return doing();
  } catch (error) {
    if (saysAbsent(error)) return whenAbsent;
    throw error;
  }
};
