/** The two files of `rate-limiter-flexible` that are read by themselves; it has types for its index alone. */
declare module 'rate-limiter-flexible/lib/RateLimiterRes.js' {
  const verdict: typeof import('rate-limiter-flexible').RateLimiterRes;
  export default verdict;
}
declare module 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js' {
  const limiter: typeof import('rate-limiter-flexible').RateLimiterStoreAbstract;
  export default limiter;
}
