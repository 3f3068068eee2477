import { createHandler } from 'ably-auth-functions/netlify';
import auth from '../../auth.config.js';

export default createHandler(auth);

// Read by Netlify without running the file, so it stays a literal. No `method`: preflights would never arrive.
export const config = { path: '/api/ably-auth' };
