import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { indicatedPackages } from "./indicated-packages.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-indicators-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const NOW = Date.parse("2026-06-01T00:00:00Z");
const ID = "indicator--11111111-1111-4111-8111-111111111111";
const added = (name: string, after: string | null = "1.0.0") => ({
  ...{
    path: "package-lock.json",
    ecosystem: "npm" as const,
    name,
    change: "added" as const,
    before: null,
    after,
  },
  ...{ licence: null, isDirect: null, hasInstallScript: false },
});
function listOf(text: string): string {
  const file = join(root, "list.json");
  writeFileSync(file, text);
  return file;
}
const LIST = JSON.stringify({
  ...{ type: "bundle", id: "bundle--1" },
  objects: [
    {
      ...{ type: "indicator", id: ID, pattern: "[software:name = 'evil']", pattern_type: "stix" },
      ...{ modified: "2026-01-01T00:00:00Z", valid_from: "2026-01-01T00:00:00Z" },
      external_references: [{ source_name: "cert", url: "https://cert.example/\u202e1" }],
    },
  ],
});

test("a package that the list names is noted with the indicator and its link, which hides nothing", async () => {
  expect(await indicatedPackages(listOf(LIST), [added("fine"), added("evil")], NOW)).toEqual([
    {
      ...{ rule: "indicated", path: "package-lock.json", name: "evil", before: ID },
      after: expect.stringMatching(/^https:\/\/cert\.example\/[^\u202e]+1$/),
    },
  ]);
});

test("probe: a name is found however its language lets it be written, on either side", async () => {
  const list = LIST.replace("'evil'", "'Evil_Package.Name'");
  const pypi = { ...added("evil-package-name"), ecosystem: "pypi" as const };
  const cargo = { ...added("sea_evil"), ecosystem: "cargo" as const };
  expect(await indicatedPackages(listOf(list), [pypi], NOW)).toMatchObject([{ name: "evil-package-name" }]);
  expect(await indicatedPackages(listOf(list), [added("evil-package-name")], NOW)).toEqual([]);
  const crate = listOf(LIST.replace("'evil'", "'sea-evil'"));
  expect(await indicatedPackages(crate, [cargo], NOW)).toMatchObject([{ name: "sea_evil" }]);
});

test("probe: indicators that are not understood are counted in a note beside what the others name", async () => {
  const { objects, ...bundle } = JSON.parse(LIST);
  const odd = { ...objects[0], id: ID.replace("1", "2"), pattern: "[software:name LIKE 'a%']" };
  const list = (...more: object[]) => listOf(JSON.stringify({ ...bundle, objects: [...objects, ...more] }));
  expect(await indicatedPackages(list(odd), [added("evil")], NOW)).toMatchObject([
    { rule: "indicated" },
    { rule: "indicators_unread", path: "package-lock.json", after: "1 indicator is not understood" },
  ]);
  expect(await indicatedPackages(list(odd, { ...odd, modified: 7 }), [added("fine")], NOW)).toMatchObject([
    { rule: "indicators_unread", after: "2 indicators are not understood" },
  ]);
});

test("where nobody gave a list, or nothing was added, nothing is read", async () => {
  expect(await indicatedPackages(null, [added("evil")], NOW)).toEqual([]);
  expect(await indicatedPackages(join(root, "none.json"), [added("evil", null)], NOW)).toEqual([]);
});

test.each([
  ["is missing", () => join(root, "none.json"), "cannot be read (ENOENT)"],
  ["is no JSON", () => listOf("{"), "is no JSON"],
  ["is no bundle", () => listOf("[]"), "is no STIX 2.1 bundle"],
  [
    "is too large",
    () => {
      const file = listOf("");
      truncateSync(file, 33 * 1024 * 1024);
      return file;
    },
    "has more than 33554432 bytes",
  ],
])("probe: a list that %s is said", async (_, make, words) => {
  expect(await indicatedPackages(make(), [added("evil")], NOW)).toEqual([
    {
      ...{ rule: "indicators_unread", path: "package-lock.json", name: null, before: null },
      after: `the list of indicators ${words}`,
    },
  ]);
});
