/** What we use of Netlify's blobs client. Imported dynamically only: who keeps records elsewhere never reads it. */
export { getStore } from '@netlify/blobs';
