import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { changesWorkflows, describe as inWords } from "./describe-merge.ts";
import { forgePlace, tokenSaid, tokenStep } from "./rules.ts";

describe("the address of a repository on its forge", () => {
  test.each([
    ["https://github.com/octo/shop", "https://api.github.com"],
    ["https://github.com/octo/shop.git", "https://api.github.com"],
    ["https://github.com/octo/shop/", "https://api.github.com"],
    ["https://git.example.com:8443/octo/shop.git", "https://git.example.com:8443/api/v3"],
  ])("%s leads to %s", (written, apiUrl) => {
    expect(forgePlace(written, [])).toMatchObject({ owner: "octo", repo: "shop", apiUrl });
  });

  test.each([
    ["a page of it", "https://github.com/octo/shop/pulls"],
    ["an owner alone", "https://github.com/octo"],
    ["without TLS", "http://github.com/octo/shop"],
    ["a way up", "https://github.com/octo/.."],
    ["a way up, written otherwise", "https://github.com/%2e%2e/shop"],
    ["a query", "https://github.com/octo/shop?x=1"],
    ["with a password", "https://me:secret@github.com/octo/shop"],
  ])("probe: %s is none, and nothing of it is quoted", (_, written) => {
    expect(() => forgePlace(written, [])).toThrow();
    expect(() => forgePlace(written, [])).not.toThrow(/octo|secret/);
  });
});

describe("the end of a token", () => {
  const now = 1_800_000_000_000;
  test.each([
    ["github_app", null, undefined],
    ["token", null, "warn"],
    ["token", 31 * DAY, undefined],
    ["token", 30 * DAY, "warn"],
    ["token", 14 * DAY, "warn"],
    ["token", DAY, "warn"],
    ["token", 0, "bad"],
    ["token", -DAY, "bad"],
  ])("of kind %s, %s ms away, is told as %s", (kind, left, tone) => {
    expect(tokenSaid(kind, left === null ? null : new Date(now + left), now)?.tone).toBe(tone);
  });
});

test.each([
  [31, null],
  [30, 30],
  [8, 30],
  [7, 7],
  [2, 7],
  [1, 1],
  [0.5, 1],
  [0, 0],
  [-9, 0],
])("with %s days left of a token, people are told of the step %s", (left, step) => {
  expect(tokenStep(new Date(left * DAY), 0)).toBe(step);
});

describe("what stands beside a commit on the forge", () => {
  const of = {
    ...{ runId: "run_1", added: 1, removed: 1, patch: "a".repeat(64) },
    evidence: [{ id: "evi_1", verdict: "verified", digest: "b".repeat(64) }],
    ...{
      gate: { id: "gat_1", digest: "c".repeat(64) },
      approvals: [{ personId: "per_1", role: "reviewer" }],
    },
  };
  const file = (path: string) => ({ path, status: "modified", added: 1, removed: 1 });

  test("probe: names of files mention nobody, link nowhere and hide nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (path) => {
        const text = inWords({ ...of, files: [file(`@octo ${path}`)] }, "https://p/runs/run_1");
        const [line = ""] = text.split("\n").filter((each) => each.includes("@octo"));
        expect(line).toMatch(/^- `@octo [^`]*` modified, \+1 −1$/);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  test.each([
    "Fixes #1",
    "closes octo/shop#2",
    "[x](https://evil)",
    "a` resolves #3 `b",
    "<!--",
    "GH-4\nFixes #5",
  ])("probe: a file named %j closes nothing and is no markup: it stands in a span of code alone", (path) => {
    const text = inWords({ ...of, files: [file(path)] }, "https://p/runs/run_1");
    const outside = text.replaceAll(/`[^`\n]*`/g, "");
    expect(outside).not.toMatch(/#\d|GH-\d|evil|<!--/);
    expect(outside).not.toContain("`");
  });

  test("is bounded, and says how much it leaves out", () => {
    const files = Array.from({ length: 1000 }, (_, nth) => file(`${"x".repeat(300)}${nth}`));
    const text = inWords({ ...of, files }, "https://p");
    expect(text).toContain("and 800 more");
    expect(text.length).toBeLessThan(65_536);
  });

  test("says where nobody approved", () => {
    const text = inWords({ ...of, evidence: [], approvals: [], files: [] }, "https://p");
    expect(text).toContain("Nobody approved it");
  });
});

test.each([
  [".github/workflows/ci.yml", null, true],
  ["ci.yml", ".github/workflows/ci.yml", true],
  ["docs/.github/workflows/ci.yml", null, false],
  [".github/dependabot.yml", null, false],
])(
  "a patch that leaves %s, which was %s, changes what GitHub runs by itself: %s",
  (path, previousPath, changes) => {
    expect(
      changesWorkflows([
        { path: "a.js", previousPath: null },
        { path, previousPath },
      ]),
    ).toBe(changes);
  },
);
