import { createHandler } from 'ably-auth-functions/vercel';
import auth from '../auth.config.js';

export default createHandler(auth);
