// Pages read payloads through what masks them. Whoever adds a reading that does not is stopped here.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What gives text as it came, and what a page reads instead. */
const RAW: Readonly<Record<string, string>> = {
  listEvents: "listShownEvents of lib/timeline/service.ts",
  readDiff: "readShownDiff of lib/patches/shown-patch.ts",
  findPatch: "findShownPatch of lib/patches/shown-patch.ts",
};

test("no page or route reads a payload as it came", () => {
  const files = globSync("app/**/*.{ts,tsx}", { exclude: (path) => path.includes("/api/runner/") });
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    for (const [raw, shown] of Object.entries(RAW)) {
      expect(readFileSync(file, "utf8"), `${file}: use ${shown}`).not.toMatch(new RegExp(`\\b${raw}\\b`));
    }
  }
});
