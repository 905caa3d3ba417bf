/** What every service's module may inject besides `Health`. */
export const CONFIG = Symbol('CONFIG');
export const JOURNAL = Symbol('JOURNAL');
export const CLOCK = Symbol('CLOCK');
/** A `Metrics`: what is exposed to it is shown at `/metrics`. */
export const METRICS = Symbol('METRICS');
