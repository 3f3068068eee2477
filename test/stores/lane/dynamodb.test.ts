/** DynamoDB, as `dynalite` does it: DynamoDB's API over files. */
import { describeDynamoDb } from '../dynamodb-suite.ts';
import { dynalite } from '../servers.ts';

describeDynamoDb('DynamoDB (dynalite)', { ...dynalite, survivesAKill: true });
