/**
 * Holds one Lambda handler, warm, and runs rounds of requests when told to: `{ count }` in, `{ microseconds }` for one
 * request out. A process for each contender, so that none spoils the other's machine code; one works at a time.
 */
const [, , handlerUrl = '', eventJson = ''] = process.argv;
const event: unknown = JSON.parse(eventJson);
const { handler } = await import(handlerUrl);
const context = { awsRequestId: 'bench' };

process.on('message', async ({ count }: { readonly count: number }) => {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < count; i++) await handler(event, context);
  process.send?.({ microseconds: Number(process.hrtime.bigint() - startedAt) / 1000 / count });
});
process.send?.({ result: await handler(event, context) });
