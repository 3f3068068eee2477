/**
 * A million requests to one handler, each a little different, then a look at what the heap has kept. Runs with
 * --expose-gc; says the heap's size after each tenth.
 */
const [, , handlerUrl = '', eventJson = '', count = '0'] = process.argv;
const event = JSON.parse(eventJson) as { readonly requestContext: object };
const { handler } = await import(handlerUrl);
const { gc } = globalThis;
if (!gc) throw new Error('Run with --expose-gc');

const batch = Number(count) / 10;
const heapBytes: number[] = [];
let serial = 0;
// The first tenth warms up: machine code and caches of a fixed size are no growth.
for (let tenth = 0; tenth <= 10; tenth++) {
  for (let i = 0; i < batch; i++) {
    serial += 1;
    const requestContext = { ...event.requestContext, requestId: `request-${serial}` };
    await handler({ ...event, rawQueryString: `rnd=${serial}`, requestContext }, { awsRequestId: `request-${serial}` });
  }
  gc();
  heapBytes.push(process.memoryUsage().heapUsed);
}
process.send?.({ heapBytes });
process.disconnect();
