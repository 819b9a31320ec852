import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { identitiesFor, isRoot } from "./identities.ts";
import { dataFolder, layoutAt, prepareFolders } from "./layout.ts";

describe("the data folder", () => {
  test.each([
    [{ PILOTHOUSE_DATA: "/srv/ph/" }, false, "/srv/ph"],
    [{ PILOTHOUSE_DATA: "/srv/ph", HOME: "/home/ann" }, true, "/srv/ph"],
    [{ HOME: "/root" }, true, "/var/lib/pilothouse"],
    [{ HOME: "/home/ann" }, false, "/home/ann/.local/share/pilothouse"],
    [{ HOME: "/home/ann", XDG_DATA_HOME: "/data/ann" }, false, "/data/ann/pilothouse"],
    [{ HOME: "/home/ann", XDG_DATA_HOME: "relative" }, false, "/home/ann/.local/share/pilothouse"],
  ])("for %j (root: %s) is %s", (env, asRoot, expected) => {
    expect(dataFolder(env, asRoot)).toBe(expected);
  });

  test("is refused where it is relative or cannot be known", () => {
    expect(() => dataFolder({ PILOTHOUSE_DATA: "data" }, false)).toThrow(
      /must be an absolute path, not "data"/,
    );
    expect(() => dataFolder({}, false)).toThrow(/Set PILOTHOUSE_DATA/);
  });
});

describe("the folders in it", () => {
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "pilothouse-layout-"));
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  test("are made once and keep owner and mode at every start", async () => {
    const layout = layoutAt(data);
    const who = identitiesFor(isRoot());
    await prepareFolders(layout, who);
    await prepareFolders(layout, who);
    expect((await stat(layout.secrets)).mode & 0o777).toBe(0o700);
    expect((await stat(layout.runners)).mode & 0o777).toBe(0o711);
    expect((await stat(layout.agents)).mode & 0o777).toBe(who.blobGroup === null ? 0o700 : 0o755);
    expect((await stat(layout.mirrors)).mode & 0o777).toBe(0o700);
    expect((await stat(layout.notary)).mode & 0o777).toBe(0o700);
    const log = await stat(layout.log);
    if (who.blobGroup === null) expect(log.mode & 0o777).toBe(0o700);
    else expect([log.mode & 0o7777, log.uid, log.gid]).toEqual([0o2750, who.notary?.uid, who.blobGroup]);
    const blobs = await stat(layout.blobs);
    if (who.blobGroup === null) expect(blobs.mode & 0o777).toBe(0o700);
    else expect([blobs.mode & 0o7777, blobs.gid]).toEqual([0o2770, who.blobGroup]);
  });
});

describe("a place where no folder can be made", () => {
  test("is refused in one sentence", async () => {
    const preparing = prepareFolders(layoutAt("/proc/pilothouse/data"), identitiesFor(false));
    await expect(preparing).rejects.toThrow(
      /^\/proc\/pilothouse cannot be made \(.*set PILOTHOUSE_DATA to another path/,
    );
  });
});

describe("identities", () => {
  test("as root are one user per process, none of them root or a sandbox slot's", () => {
    const { postgres, web, worker, notary, gateway, blobGroup } = identitiesFor(true);
    const uids = [postgres, web, worker, notary, gateway].map((identity) => identity?.uid ?? 0);
    expect(new Set(uids).size).toBe(5);
    for (const uid of uids) expect(uid > 0 && uid < 61_000).toBe(true);
    expect([web?.gid, worker?.gid, postgres?.gid === blobGroup]).toEqual([blobGroup, blobGroup, false]);
    expect([notary?.gid, gateway?.gid]).not.toContain(blobGroup);
  });

  test("as a normal user are that user", () => {
    expect(Object.values(identitiesFor(false)).every((identity) => identity === null)).toBe(true);
  });
});
