/** The controller that the variables of the dashboard pick. */
const CONTROLLER = 'job="$job",instance="$instance"';

/** The series of a metric, of the picked controller: `metric('tmuxlet_projects', 'phase="Failed"')`. */
export const metric = (name: string, labels = ''): string =>
  `${name}{${CONTROLLER}${labels === '' ? '' : `,${labels}`}}`;

/** How fast a counter grows, each second. */
export const rate = (counter: string): string => `rate(${counter}[$__rate_interval])`;

/**
 * By how much a counter grew in each step of a graph. Not `increase`: over the step alone it misses what happens
 * between two steps, and over anything longer it counts that twice.
 */
export const steps = (counter: string): string => `${rate(counter)} * $__interval_ms / 1000`;

/**
 * The same for a counter that is not there before it first counts, as those of events: Prometheus sees such a one
 * begin at 1, and would not take that for growth.
 */
export const newSteps = (counter: string): string =>
  `(${counter} unless ${counter} offset $__interval)\n  or ${steps(counter)}`;

/** By how much a counter grew in all the time that the dashboard shows. */
export const inRange = (counter: string): string => `increase(${counter}[$__range])`;

/**
 * A quantile of a histogram. Where nothing was measured there is no point, instead of one that is not a number.
 * `by`: the label that keeps series apart.
 */
export const quantile = (q: number, name: string, by = '', window = '$__rate_interval'): string =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${metric(`${name}_bucket`)}[${window}]))) >= 0`;

/**
 * The sum for each value of a label of which there is any, and `none` where there is none: nothing that did not happen
 * is in the legend, and the panel of a system that is well is not empty.
 */
export const anyBy = (label: string, expr: string): string =>
  `sum by (${label}) (${expr}) > 0\n  or on () label_replace(vector(0), "${label}", "none", "", "")`;
