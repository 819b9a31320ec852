import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { testBlobs } from "#lib/testing/journey.ts";
import { closingHost } from "./close-pilots.ts";

testBlobs();
const root = mkdtempSync(join(tmpdir(), "closing-"));
afterAll(() => rmSync(root, { recursive: true }));

test("a repository's mirror and bundles are measured and deleted, twice without a complaint, and no other's", async () => {
  const mirrorOf = (id: string) => join(root, `${id}.git`);
  const host = closingHost({ mirrorOf, env: { PILOTHOUSE_NOTICE_KEYS: join(root, "keys") } });
  const [own, other] = ["rep_a", "rep_ab"];
  for (const id of [own, other]) {
    mkdirSync(join(mirrorOf(id), "objects"), { recursive: true });
    writeFileSync(join(mirrorOf(id), "objects", "pack"), "12345");
    mkdirSync(dirname(baseBundlePath(id, "c")), { recursive: true });
    writeFileSync(baseBundlePath(id, "c"), "123");
  }
  expect(await host.measure(own)).toEqual({ bytes: 8, files: 2 });
  await host.remove(own);
  await host.remove(own);
  expect(await host.measure(own)).toEqual({ bytes: 0, files: 0 });
  expect(existsSync(mirrorOf(own))).toBe(false);
  expect(await host.measure(other)).toEqual({ bytes: 8, files: 2 });
  expect((await host.signingKey())?.asymmetricKeyType).toBe("ed25519");
  expect(await closingHost({ mirrorOf, env: {} }).signingKey()).toBeNull();
});
