import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkDisk } from "./disk.ts";

test("free space is told for a folder that is there, and for one that will be", async () => {
  const there = await checkDisk(tmpdir());
  expect(there).toMatchObject({ ok: true, name: "Free space" });
  expect(there.sentence).toMatch(/^[\d.]+ [GM]iB of [\d.]+ [GM]iB are free at \//);
  expect(await checkDisk(join(tmpdir(), "pilothouse-not-made", "yet"))).toMatchObject({ ok: true });
});
