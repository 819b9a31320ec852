import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../ids.ts";
import { createFileStore } from "./file-store.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "blobs-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const salt = new Uint8Array([1, 2, 3]);
const filesIn = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

describe("blobs as files", () => {
  it("keeps bytes and says their size, digest and salted commitment", async () => {
    const store = createFileStore(root);
    const id = newId("blob");
    const written = await store.write(id, Readable.from([Buffer.from("ab"), Buffer.from("c")]), salt, 10);
    expect(written.size).toBe(3);
    expect(written.sha256).toBe(createHash("sha256").update("abc").digest("hex"));
    expect(written.commitment).toBe(createHash("sha256").update(salt).update("abc").digest("hex"));
    expect((await store.read(id)).toString()).toBe("abc");
  });

  it("keeps nothing of a stream that is longer than it may be", async () => {
    const store = createFileStore(root);
    await expect(
      store.write(newId("blob"), Readable.from([Buffer.alloc(11)]), salt, 10),
    ).rejects.toMatchObject({ code: "too_large" });
    expect(await filesIn()).toEqual([]);
  });

  it("keeps nothing of a stream that breaks", async () => {
    const store = createFileStore(root);
    const broken = new Readable({ read: () => broken.destroy(new Error("connection lost")) });
    await expect(store.write(newId("blob"), broken, salt, 10)).rejects.toThrow("connection lost");
    expect(await filesIn()).toEqual([]);
  });

  it("removes bytes, and once more without a complaint", async () => {
    const store = createFileStore(root);
    const id = newId("blob");
    await store.write(id, Readable.from([Buffer.from("abc")]), salt, 10);
    await store.remove(id);
    await store.remove(id);
    expect(await filesIn()).toEqual([]);
  });

  it("says so when bytes are missing", async () => {
    await expect(createFileStore(root).read(newId("blob"))).rejects.toMatchObject({ code: "unavailable" });
  });

  it("probe: an id that is a path reaches nothing", async () => {
    const store = createFileStore(root);
    for (const id of ["../../etc/passwd", "blb_/../x", "", "blb_x"]) {
      await expect(async () => store.read(id)).rejects.toThrow("not a blob id");
    }
  });
});
