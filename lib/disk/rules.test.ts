import { describe, expect, test } from "vitest";
import { diskSentence, fullness, GIB, shownBytes } from "./rules.ts";

const space = (free: number, freeFiles: number | null = 1_000_000) => ({ free, total: 100 * GIB, freeFiles });

describe("a disk", () => {
  test.each([
    [10 * GIB, 1_000_000, "fine"],
    [2 * GIB - 1, 1_000_000, "low"],
    [100_000_000, 1_000_000, "full"],
    [10 * GIB, 9000, "low"],
    [10 * GIB, 100, "full"],
    [10 * GIB, null, "fine"],
  ] as const)("with %d bytes and %d files left is %s", (free, files, state) => {
    expect(fullness(space(free, files))).toBe(state);
  });

  test("that is short says where, how much is left and what that means", () => {
    expect(diskSentence("The data folder", "/srv", space(GIB))).toBe(
      "The data folder (/srv) has room for 1.0 GiB only. Free some space, or give the volume more.",
    );
    expect(diskSentence("The data folder", "/srv", space(20 * GIB, 3))).toContain(
      "room for 3 more files only",
    );
    expect(shownBytes(5_000_000)).toBe("4 MiB");
  });
});
