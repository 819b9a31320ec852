import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { CheckView } from "#lib/outside-checks/schema.ts";
import { Outside } from "./outside.tsx";

const check = (part: Partial<CheckView> = {}): CheckView => ({
  ...{ id: "chk_1", source: "ci/unit", verdict: "passed", isRequired: true, isOutdated: false },
  ...{ reporterName: "CI", reportedAt: new Date(0), document: null },
  ...part,
});
const html = (reports: readonly CheckView[], missing: readonly string[] = []) =>
  renderToStaticMarkup(<Outside checks={{ reports, missing }} />);

describe("what was reported from outside", () => {
  test("is not there where nothing was, and nothing is wanted", () => {
    expect(html([])).toBe("");
  });

  test("stands under its own label, with who said it, whether it is wanted, and what was said after it", () => {
    const text = html([check({ verdict: "failed" }), check({ id: "chk_2", isOutdated: true })], ["ci/lint"]);
    expect(text).toContain("Reported from outside");
    expect(text).toContain("Nobody here saw it");
    expect(text).toContain("failed · required");
    expect(text).toContain("passed · required · reported again since");
    expect(text).toMatch(/ci\/lint.*is required by the charter and was not reported/s);
    expect(text).toContain("taken away");
  });

  test("probe: names, addresses and tests are text; a link leads away without a trace of here", () => {
    const junit = { sha256: "0", passed: 3, failed: 1, failing: ["<img src=x>\u202e"], skipped: 0 };
    const url = 'https://ci.example/"><script>';
    const text = html([check({ verdict: "failed", document: { url, junit, tested: "a" } })]);
    expect(text).not.toMatch(/<script|<img/);
    expect(text).not.toContain("\u202e");
    expect(text).toContain('rel="noopener noreferrer nofollow"');
    expect(text).toContain("3 tests passed, 1 failed, 0 skipped");
  });
});
