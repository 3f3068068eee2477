/** Holds one server. Says its port, and when asked how much processor time it has used. */
const [, , serverUrl = ''] = process.argv;
const { start } = await import(serverUrl);
const port: number = await start();

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
process.send?.({ port });
