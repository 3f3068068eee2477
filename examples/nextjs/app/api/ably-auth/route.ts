/** The auth endpoint, as a route of this app: its own cookie says who is calling. */
import { createHandler } from 'ably-auth-functions/fetch';
import auth from '../../../auth.config';

// Each answer is for one caller and one use: never made at build time, never kept.
export const dynamic = 'force-dynamic';

const handler = createHandler(auth);

export { handler as GET, handler as OPTIONS, handler as POST };
