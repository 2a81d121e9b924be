/** The controller that the variables of the dashboard pick. */
const CONTROLLER = 'job="$job",instance="$instance"';

/** The series of a metric, of the picked controller: `metric('tmuxlet_projects', 'phase="Failed"')`. */
export const metric = (name: string, labels = ''): string =>
  `${name}{${CONTROLLER}${labels === '' ? '' : `,${labels}`}}`;

/** How fast a counter grows, each second. */
export const rate = (counter: string): string => `rate(${counter}[$__rate_interval])`;

/** By how much a counter grew: a step of the graph after the other. */
export const steps = (counter: string): string => `increase(${counter}[$__rate_interval])`;

/** By how much a counter grew in all the time that the dashboard shows. */
export const inRange = (counter: string): string => `increase(${counter}[$__range])`;

/**
 * The same for a counter that is not there before it first counts, as those of events: Prometheus sees such a one
 * begin at 1, and would not take that for growth.
 */
export const grown = (counter: string, window = '$__rate_interval'): string =>
  `((${counter} unless ${counter} offset ${window}) or increase(${counter}[${window}]))`;

/**
 * A quantile of a histogram. Where nothing was measured there is no point, instead of one that is not a number.
 * `by`: labels that keep series apart.
 */
export const quantile = (q: number, name: string, by = '', labels = '', window = '$__rate_interval'): string => {
  const buckets = metric(`${name}_bucket`, labels);
  return `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${buckets}[${window}]))) >= 0`;
};

/** Where there is none, there are zero. Only for what is counted, where none is as good as zero. */
export const orZero = (expr: string): string => `(${expr}) or vector(0)`;
