/** Feeds one input in a process of its own, and tells its parent how far it is. Started by run.ts. */
import { ALL } from './inputs.ts';

/** So often at most. */
const TELL_MS = 250;

const [name, cases = '1', seed = '0', path] = process.argv.slice(2);
const input = ALL.find((each) => each.name === name);
if (input === undefined || process.send === undefined) throw new Error('this is started by run.ts');

let done = 0;
let toldAt = 0;
const onCase = (): void => {
  done += 1;
  if (performance.now() - toldAt < TELL_MS) return;
  toldAt = performance.now();
  process.send?.({ done });
};
const result = await input.run({ cases: Number(cases), seed: Number(seed), path, onCase });
process.send({ done, result });
process.disconnect();
