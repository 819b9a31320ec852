import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { choosePort } from "#lib/postgres/port.ts";
import { KEY_FILE, keptKeyPair } from "#lib/sealing/key-pair.ts";
import { checkGateway } from "./gateway.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-gateway-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a free port and a key that is still to be made are fine", async () => {
  const port = await choosePort(44_310);
  const finding = await checkGateway(folder, port, false);
  expect([finding.ok, finding.sentence]).toEqual([
    true,
    expect.stringContaining("when it starts for the first time"),
  ]);
});

test("a port somebody else has is said, with what to set", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as import("node:net").AddressInfo;
  const finding = await checkGateway(folder, port, false);
  expect([finding.ok, finding.sentence]).toEqual([false, expect.stringContaining("PILOTHOUSE_GATEWAY_PORT")]);
  expect((await checkGateway(folder, port, true)).ok).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});

test("a key that others may read fails", async () => {
  await keptKeyPair(folder);
  expect((await checkGateway(folder, 1, true)).ok).toBe(true);
  await chmod(join(folder, KEY_FILE), 0o644);
  expect(await checkGateway(folder, 1, true)).toMatchObject({ ok: false });
});
