/** What we use of the Redis client. Imported dynamically only: who keeps records elsewhere never reads it. */
export { Redis } from 'ioredis';
