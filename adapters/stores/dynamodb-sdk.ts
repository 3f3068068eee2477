/**
 * What we use of the DynamoDB client, named so that a bundler can leave the rest out. Imported dynamically only: a
 * function that keeps its records elsewhere never reads it.
 */
export { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
