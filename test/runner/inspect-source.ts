/** What a test file's text shows to be a false green before it is run; null when nothing does. */
export const problemInSource = (source: string): string | null =>
  /\.only\s*\(/.test(source) ? 'contains ".only(": the other tests would silently not run' : null;
