/** Where people keep their manifests on the simulated machine. */
export const MANIFESTS = '/srv/manifests';
/** Below it Projects have their paths. */
export const WORK = '/srv/work';
/** What some of them have, and is not there until people rest. */
export const MISSING = `${WORK}/missing`;
