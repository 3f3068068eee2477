/// <reference path="./rate-limiter-flexible.d.ts" />
/**
 * What we use of `rate-limiter-flexible`: the class that counts over any store, and its verdict. Imported dynamically
 * only, and file by file, because its index brings a dozen stores along.
 */
export { default as RateLimiterRes } from 'rate-limiter-flexible/lib/RateLimiterRes.js';
export { default as RateLimiterStoreAbstract } from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js';
