/** Before the first test on a database: a server and a migrated template. Jest loads this file without compiling it. */
export default async function setup() {
  await import('./register-typescript.mjs');
  const { startTestServer } = await import('./medium-server.ts');
  globalThis.zvonTestServer = await startTestServer();
}
