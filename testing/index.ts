/** What `ably-auth-functions/testing` offers to the tests of a project that installs the package. */
export { type PolicyRow, type PolicyTableOptions, testPolicy } from './policy-table.ts';
