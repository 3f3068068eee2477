/**
 * What we use of Ably's SDK. Imported dynamically only: a function that signs for itself never reads its 400 KB.
 */
export { Rest } from 'ably';
