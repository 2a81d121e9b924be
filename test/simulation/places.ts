/** Where people keep their manifests on the simulated machine. */
export const MANIFESTS = '/srv/manifests';
/** Below it Projects have their paths. */
export const WORK = '/srv/work';
