import { expect, test } from "vitest";
import type { PatchFlag } from "../patches/schema.ts";
import { touchedBy } from "./touched.ts";

const flag = (rule: string, path: string | null): PatchFlag => ({
  rule,
  severity: "notice",
  path,
  sentence: "",
});

test("files are listed once, sorted, by kind; what is beyond twenty is counted; other flags are no files of a kind", () => {
  expect(touchedBy([])).toEqual([]);
  expect(touchedBy([flag("binary", "a.png")])).toEqual([]);
  const many = Array.from({ length: 30 }, (_, nth) =>
    flag("lockfile_change", `f${String(nth).padStart(2, "0")}`),
  );
  const all = touchedBy([
    ...[flag("ci_config", "z.yml"), flag("ci_config", "a.yml"), flag("ci_config", "a.yml")],
    ...[flag("protected_path", "src/key.ts"), flag("test_integrity", null), ...many.reverse()],
  ]);
  expect(all.map((one) => one.class)).toEqual(["ci", "lockfiles", "tests", "paths"]);
  expect(all[0]).toEqual({ class: "ci", files: ["a.yml", "z.yml"], count: 2 });
  expect(all[1]).toMatchObject({ count: 30, files: expect.objectContaining({ length: 20, 0: "f00" }) });
  expect(all[2]).toEqual({ class: "tests", files: [], count: 0 });
});
