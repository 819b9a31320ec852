import { describe, expect, test } from "vitest";
import { indicatedAmong, packagesOf, readIndicators } from "./rules.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const ID = `indicator--${"1".repeat(8)}-1111-4111-8111-${"1".repeat(12)}`;
const indicator = (more: object = {}) => ({
  ...{ type: "indicator", spec_version: "2.1", id: ID, created: "2026-01-01T00:00:00Z" },
  ...{ modified: "2026-01-01T00:00:00Z", valid_from: "2026-01-01T00:00:00Z", pattern_type: "stix" },
  ...{
    pattern: "[software:name = 'evil']",
    external_references: [{ source_name: "x", url: "https://cert.example/1" }],
  },
  ...more,
});
const listed = (...objects: unknown[]) => readIndicators({ type: "bundle", id: "bundle--1", objects }, NOW);
const read = (...objects: unknown[]) => listed(...objects)?.indicated;
const written = (_: string, name: string) => name;
const added = (name: string, after: string | null = "1.0.0") => ({ ecosystem: "npm", name, after });

describe("a pattern", () => {
  test.each([
    ["[software:name = 'a']", [{ name: "a", version: null, ecosystem: null }]],
    [
      "[software:name='a' AND software:version = '1.2.3'] OR [software:name = 'b' AND software:vendor = 'PyPI']",
      [
        { name: "a", version: "1.2.3", ecosystem: null },
        { name: "b", version: null, ecosystem: "pypi" },
      ],
    ],
    [
      "[software:name = 'a' AND software:version = '1' OR software:name = 'b']",
      [
        { name: "a", version: "1", ecosystem: null },
        { name: "b", version: null, ecosystem: null },
      ],
    ],
    ["[software:name = 'it\\'s']", [{ name: "it's", version: null, ecosystem: null }]],
  ])("%s names packages", (pattern, expected) => {
    expect(packagesOf(pattern)).toEqual(expected);
  });

  test.each([
    "",
    "[",
    "[]",
    "[software:name = 'a'",
    "[software:name = 'a'] OR",
    "[software:name = 'a'] AND [software:name = 'b']",
    "[software:name = 'a' OR software:version = '1']",
    "[software:name = 'a' OR]",
    "[OR software:name = 'a']",
    "[software:name LIKE 'a%']",
    "[software:version = '1']",
    "[software:name = 'a' AND software:name = 'b']",
    "[software:name_x = 'a']",
    "[file:hashes.'SHA-256' = 'aa']",
    "[software:name = 'a'] FOLLOWEDBY [software:name = 'b']",
  ])("probe: %j says something else, and is not guessed at", (pattern) => {
    expect(packagesOf(pattern)).toBeNull();
  });

  test("probe: of 4,000 brackets, quotes and signs is read as quickly as others", () => {
    for (const part of ["[", "'", "\\", "[software:name = ", "AND ", " "])
      expect(packagesOf(part.repeat(4000 / part.length))).toBeNull();
  });
});

describe("a list of indicators", () => {
  test("names packages, with where it is told why", () => {
    const list = read(indicator(), { type: "malware", id: "malware--1" }, null, 7) ?? [];
    expect(list).toEqual([
      { name: "evil", version: null, ecosystem: null, indicator: ID, link: "https://cert.example/1" },
    ]);
    expect(indicatedAmong([added("Evil"), added("fine"), added("evil", null)], list, written)).toMatchObject([
      { package: { name: "Evil" }, by: { indicator: ID } },
    ]);
  });

  test("is held to the version and the ecosystem that it names", () => {
    const pattern = "[software:name = 'evil' AND software:version = '1.0.0' AND software:vendor = 'npm']";
    const list = read(indicator({ pattern })) ?? [];
    expect(indicatedAmong([added("evil"), added("evil", "1.0.1")], list, written)).toHaveLength(1);
    expect(indicatedAmong([{ ...added("evil"), ecosystem: "pypi" }], list, written)).toEqual([]);
  });

  test.each([
    ["not yet in force", { valid_from: "2026-07-01T00:00:00Z" }],
    ["in force no longer", { valid_until: "2026-05-01T00:00:00Z" }],
    ["revoked", { revoked: true }],
    ["of another language of patterns", { pattern_type: "yara" }],
  ])("probe: one that is %s names nothing", (_, more) => {
    expect(read(indicator(more))).toEqual([]);
  });

  test("probe: of two with one id the one modified last counts, in whatever order they come", () => {
    const revoked = indicator({ revoked: true, modified: "2026-02-01T00:00:00Z" });
    const back = indicator({ modified: "2026-03-01T00:00:00Z" });
    expect(read(revoked, indicator())).toEqual([]);
    expect(read(indicator(), revoked)).toEqual([]);
    expect(read(back, revoked, indicator())).toHaveLength(1);
  });

  test.each<[string, object, number]>([
    ["a pattern of software that is not understood", { pattern: "[software:name MATCHES 'a']" }, 1],
    ["such a pattern that is revoked", { pattern: "[software:name MATCHES 'a']", revoked: true }, 0],
    ["a pattern of other things", { pattern: "[file:name MATCHES 'a']" }, 0],
    ["fields that do not parse", { modified: "yesterday" }, 1],
    ["no pattern", { pattern: undefined }, 1],
    [
      "fields that do not parse beside a pattern of other things",
      { modified: 1, pattern: "[file:size = 1]" },
      0,
    ],
    ["the kind of something else", { type: "malware", modified: 1 }, 0],
  ])("probe: one with %s is counted where it may name packages", (_, more, unread) => {
    expect(listed(indicator(more))?.unread).toBe(unread);
  });

  test.each([null, [], {}, { type: "bundle" }, { type: "bundle", objects: {} }])(
    "probe: %j is no list, which is not the same as an empty one",
    (document) => {
      expect(readIndicators(document, NOW)).toBeNull();
    },
  );
});
