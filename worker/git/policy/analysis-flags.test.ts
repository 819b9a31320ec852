import { describe, expect, test } from "vitest";
import type { AnalysisAnswer } from "#lib/changes/schema.ts";
import { analysisFlags } from "./analysis-flags.ts";
import { flag } from "./flags.ts";

const NOTHING: AnalysisAnswer = { tests: [], packages: [], notes: [], headers: [] };
const LOCK = "package-lock.json";
const note = (rule: AnalysisAnswer["notes"][number]["rule"], name = "left@1.0.0") => ({
  ...{ rule, path: LOCK, name, before: null, after: null },
});
const added = (name: string, licence: string | null, change: "added" | "removed" = "added") => ({
  ...{ path: LOCK, ecosystem: "npm" as const, name, change, before: null, after: "1.0.0", licence },
  ...{ isDirect: null, hasInstallScript: false },
});
const said = (
  answer: Partial<AnalysisAnswer>,
  licences: string[] = [],
  others = [] as ReturnType<typeof flag>[],
) =>
  analysisFlags({ ...NOTHING, ...answer }, others, licences).map(
    ({ rule, severity, sentence }) => `${severity} ${rule}: ${sentence}`,
  );

describe("what was read in a patch, as flags", () => {
  test.each([
    ["hash_changed", "block lockfile_hash_changed"],
    ["hash_removed", "block lockfile_hash_changed"],
    ["hash_added", "extra_approver lockfile_hash_added"],
    ["new_install_script", "extra_approver install_script"],
    ["manifest_disagrees", "extra_approver manifest_disagrees"],
    ["name_alike", "extra_approver package_alike"],
    ["other_registry", "extra_approver package_moved"],
    ["indicated", "block package_indicated"],
    ["indicators_unread", "extra_approver indicators_unread"],
  ] as const)("probe: %s costs %s", (rule, cost) => {
    expect(said({ notes: [note(rule)] })).toEqual([expect.stringContaining(`${cost}: ${LOCK}`)]);
  });

  test("says beside a package what it is like, where it came from, and who names it", () => {
    const noted = (rule: Parameters<typeof note>[0], before: string | null, after: string | null) =>
      said({ notes: [{ ...note(rule, "lodahs"), before, after }] });
    expect(noted("name_alike", "lodash", "one letter differs")).toEqual([
      expect.stringContaining("(lodahs, like lodash)"),
    ]);
    expect(noted("name_alike", null, "it holds letters")).toEqual([
      expect.stringContaining("(lodahs: it holds letters)"),
    ]);
    expect(noted("other_registry", "https://a.example", "https://b.example")).toEqual([
      expect.stringContaining("(lodahs from https://b.example, before from https://a.example)"),
    ]);
    expect(noted("indicated", "indicator--1", "https://cert.example/1")).toEqual([
      expect.stringContaining("(lodahs: indicator--1 https://cert.example/1)"),
    ]);
  });

  test("says how many packages it does not name", () => {
    const alike = (name: string | null, after: string) => ({ ...note("name_alike"), name, after });
    const named = Array.from({ length: 12 }, (_, n) => alike(`own-${n}`, "x"));
    expect(said({ notes: [...named, alike(null, "38 more new packages")] })).toEqual([
      expect.stringMatching(/own-9.* and 40 more\)/),
    ]);
    expect(said({ notes: named.slice(0, 10) })).toEqual([expect.not.stringContaining("more")]);
  });

  test("counts a deleted test file once, however many tests went with it", () => {
    const gone = { rule: "test_file_deleted", path: "a.test.js", count: 12, test: null } as const;
    const tests = [{ ...gone, base: null, patch: null, before: null, after: null }];
    expect(said({ tests })).toEqual([expect.stringContaining("(1 deleted file)")]);
  });

  test("says one thing of a lockfile once, also where its lines said it already", () => {
    const notes = [note("hash_changed", "a"), note("hash_changed", "b")];
    expect(said({ notes })).toEqual([expect.stringContaining("(a, b)")]);
    expect(said({ notes }, [], [flag("lockfile_hash_changed", LOCK)])).toEqual([]);
  });

  test("holds added packages against the charter's list, and guesses no licence", () => {
    const packages = [
      added("fine", "MIT"),
      added("viral", "AGPL-3.0-only"),
      added("secret", null),
      added("gone", null, "removed"),
    ];
    expect(said({ packages })).toEqual([]);
    expect(said({ packages }, ["MIT"])).toEqual([
      expect.stringContaining(
        "licence_outside: package-lock.json brings a licence that the charter does not allow (viral: AGPL-3.0-only)",
      ),
      expect.stringContaining(
        "licence_unknown: package-lock.json brings a package whose licence is not known (secret: ?)",
      ),
    ]);
  });

  test("asks for another pair of eyes where tests are weakened, and counts how", () => {
    const sighting = (rule: AnalysisAnswer["tests"][number]["rule"], path: string) => ({
      ...{ rule, path, base: null, patch: null, test: null, count: 2, before: null, after: null },
    });
    const tests = [
      sighting("test_deleted", "a.test.ts"),
      sighting("test_moved", "b.test.ts"),
      sighting("unreadable", "c.test.ts"),
    ];
    expect(said({ tests })).toEqual([
      "extra_approver test_weakened: a.test.ts holds the patch to less than the base's tests did (2 deleted tests).",
      "extra_approver test_unreadable: c.test.ts could not be read: nobody knows what it does to tests.",
    ]);
  });
});
