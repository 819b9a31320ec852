import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScene, patchOf, type Scene, takeInFiles } from "#lib/testing/git/scene.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import type { Change } from "./entries.ts";
import { manifestBytes, patchDigest } from "./manifest.ts";

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
const none = `000000 ${"0".repeat(64)}`;
const [oidA, oidB] = ["a".repeat(40), "b".repeat(40)];
const digests = new Map([
  [oidA, sha256("A")],
  [oidB, sha256("B")],
]);

describe("the manifest's bytes", () => {
  test("are as documented", () => {
    const changes: Change[] = [
      { path: "z", before: { mode: "100644", oid: oidA }, after: { mode: "100755", oid: oidB } },
      { path: "new", before: null, after: { mode: "120000", oid: oidA } },
      { path: "old\nname", before: { mode: "100644", oid: oidB }, after: null },
      { path: "sub", before: null, after: { mode: "160000", oid: oidA } },
    ];
    const bytes = manifestBytes(changes, digests);
    expect(bytes.toString("latin1")).toBe(
      [
        "pilothouse patch manifest v1\n",
        `${none} 120000 ${sha256("A")} new`,
        `100644 ${sha256("B")} ${none} old\nname`,
        `${none} 160000 ${sha256(oidA)} sub`,
        `100644 ${sha256("A")} 100755 ${sha256("B")} z`,
        "",
      ].join("\0"),
    );
    expect(patchDigest(bytes)).toBe(sha256(bytes));
  });

  test("do not depend on the order of the changes, and sort by bytes", () => {
    const paths = fc.uniqueArray(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }).filter((path) => !path.includes("\0")),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(paths, fc.infiniteStream(fc.nat()), (names, order) => {
        const changes = names.map(
          (path) => ({ path, before: null, after: { mode: "100644", oid: oidA } }) as const,
        );
        const shuffled = changes
          .map((change) => ({ change, key: order.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ change }) => change);
        expect(manifestBytes(shuffled, digests).equals(manifestBytes(changes, digests))).toBe(true);
      }),
    );
    const change = (path: string): Change => ({ path, before: null, after: { mode: "100644", oid: oidA } });
    const text = manifestBytes([change("\u{1f600}"), change("\uffee"), change("a")], digests).toString(
      "utf8",
    );
    // UTF-16 order would put the emoji first; the order is that of the bytes.
    expect(text.indexOf("\uffee")).toBeLessThan(text.indexOf("\u{1f600}"));
  });

  test("cannot be made from a content nobody hashed", () => {
    const changes: Change[] = [{ path: "x", before: null, after: { mode: "100644", oid: "c".repeat(40) } }];
    expect(() => manifestBytes(changes, digests)).toThrow(/not been hashed/);
  });
});

describe("the manifest of a real patch", () => {
  let workshop: TestWorkshop;
  let scene: Scene;
  beforeAll(async () => {
    workshop = await openWorkshop();
    scene = await openScene(workshop, { "a.txt": "old\n", "gone.txt": "bye\n", same: "same\n" });
  });
  afterAll(() => workshop.close());

  const files = { "a.txt": "new\n", "gone.txt": null, "d/new.txt": "", link: { link: "a.txt" } };

  test("says what the contents hash to, as anybody can recompute", async () => {
    const { manifest, digest } = patchOf(await takeInFiles(scene, files));
    const records = manifest.toString("utf8").split("\0").slice(1, -1);
    expect(records).toEqual([
      `100644 ${sha256("old\n")} 100644 ${sha256("new\n")} a.txt`,
      `${none} 100644 ${sha256("")} d/new.txt`,
      `100644 ${sha256("bye\n")} ${none} gone.txt`,
      `${none} 120000 ${sha256("a.txt")} link`,
    ]);
    expect(digest).toBe(sha256(manifest));
  });

  test("is the same on a base that moved elsewhere, and with digests kept from before", async () => {
    const first = patchOf(await takeInFiles(scene, files));
    const moved = await openScene(workshop, {
      "a.txt": "old\n",
      "gone.txt": "bye\n",
      same: "other\n",
      more: "m\n",
    });
    const second = patchOf(await takeInFiles(moved, files, { knownDigests: first.digests }));
    expect(second.digest).toBe(first.digest);
    expect(second.tree).not.toBe(first.tree);
  });

  test("large contents that are known are not read again", async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, "x");
    const first = patchOf(await takeInFiles(scene, { "large.bin": large }));
    const lie = new Map([...first.digests].map(([oid]) => [oid, "f".repeat(64)]));
    const second = patchOf(await takeInFiles(scene, { "large.bin": large }, { knownDigests: lie }));
    expect(second.manifest.toString()).toContain("f".repeat(64));
  });
});
