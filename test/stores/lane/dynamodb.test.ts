/** DynamoDB, as `dynalite` does it: DynamoDB's API over files. */
import { fileURLToPath } from 'node:url';
import { describeDynamoDb } from '../dynamodb-suite.ts';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('dynalite')));

describeDynamoDb('DynamoDB (dynalite)', {
  command: process.execPath,
  args: (port, directory) => [
    CLI,
    ...['--host', '127.0.0.1', '--port', String(port), '--path', directory, '--createTableMs', '0'],
  ],
  survivesAKill: true,
});
