import { describe, expect, test } from "vitest";
import { binariesOf } from "./binaries.ts";
import type { ChangedFile } from "./diff.ts";
import type { Change } from "./entries.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const [OLD, NEW] = ["1".repeat(40), "2".repeat(40)];
const side = (oid: string) => ({ mode: "100644", oid }) as const;
const file = (more: Partial<ChangedFile> & Pick<ChangedFile, "path">): ChangedFile => ({
  ...{ previousPath: null, status: "modified", modeBefore: "100644", modeAfter: "100644" },
  ...{ added: null, removed: null },
  ...more,
});
const read = (contents: Readonly<Record<string, Buffer>>, sizes: Readonly<Record<string, number>> = {}) => ({
  outcome: "read" as const,
  digests: new Map([OLD, NEW].map((oid) => [oid, oid.slice(0, 1).repeat(64)])),
  contents: new Map(Object.entries(contents)),
  sizes: new Map(Object.entries({ [OLD]: 5, [NEW]: PNG.length, ...sizes })),
});
const changes: Change[] = [{ path: "a.png", before: side(OLD), after: side(NEW) }];

describe("files without lines", () => {
  test("have sizes and digests of both sides, and the picture where one is", () => {
    const found = binariesOf(
      [file({ path: "a.png" })],
      changes,
      read({ [OLD]: Buffer.from("a\0b"), [NEW]: PNG }),
    );
    expect(found.get("a.png")).toEqual({
      before: { bytes: 5, sha256: "1".repeat(64), image: null, shown: null },
      after: {
        ...{ bytes: PNG.length, sha256: "2".repeat(64), shown: PNG },
        image: { kind: "png", width: 1, height: 1 },
      },
    });
  });

  test("that were renamed keep what they were under the old name; one that is gone has no other side", () => {
    const moved: Change[] = [
      { path: "old.png", before: side(OLD), after: null },
      { path: "new.png", before: null, after: side(NEW) },
    ];
    const renamed = file({ path: "new.png", previousPath: "old.png", status: "renamed" });
    expect(binariesOf([renamed], moved, read({})).get("new.png")).toMatchObject({
      before: { sha256: "1".repeat(64) },
      after: { sha256: "2".repeat(64) },
    });
    const gone = file({ path: "old.png", status: "deleted" });
    expect(binariesOf([gone], moved, read({})).get("old.png")?.after).toBeNull();
  });

  test("probe: with lines are left out, and pictures beyond what is shown keep their facts alone", () => {
    expect(binariesOf([file({ path: "a.png", added: 1 })], changes, read({ [NEW]: PNG })).size).toBe(0);
    const large = read({ [NEW]: PNG }, { [NEW]: 5 * 1024 * 1024 });
    expect(binariesOf([file({ path: "a.png" })], changes, large).get("a.png")?.after).toMatchObject({
      ...{ bytes: 5 * 1024 * 1024, shown: null },
      image: { kind: "png" },
    });
    const many = Array.from({ length: 70 }, (_, at) => `${at}.png`);
    const found = binariesOf(
      many.map((path) => file({ path })),
      many.map((path) => ({ path, before: null, after: side(NEW) })),
      read({ [NEW]: PNG }),
    );
    expect([...found.values()].filter(({ after }) => after?.shown)).toHaveLength(60);
  });
});
