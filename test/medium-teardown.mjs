export default async function teardown() {
  await globalThis.zvonTestServer?.stop();
}
