import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { boundChanges, changesDocument, changesView } from "#lib/changes/rules.ts";
import type { TestSighting } from "#lib/test-integrity/schema.ts";
import { ChangesPanel } from "./changes-panel.tsx";

const sighting = (parts: Partial<TestSighting>): TestSighting => ({
  ...{ rule: "test_skipped", path: "test/a.test.ts", base: null, patch: { from: 3, to: 9 } },
  ...{ test: "adds", count: 1, before: null, after: "xit", ...parts },
});
const shown = (...tests: TestSighting[]): string =>
  renderToStaticMarkup(
    <ChangesPanel
      runId="run_1"
      changes={changesView(changesDocument({ tests, packages: [], notes: [], headers: [] }))}
    />,
  );

describe("what was read in a patch's files", () => {
  test("stands open where somebody has to look, the worst first, each with its place in the diff", () => {
    const html = shown(
      sighting({ rule: "runner_config", path: "vitest.config.ts", test: null, after: null }),
      sighting({}),
    );
    expect(html).toContain('<details class="chg" open="">');
    expect(html).toContain("1 change holds the patch to less");
    expect(html).toContain("/reviews/run_1?file=test%2Fa.test.ts&amp;line=3");
    expect(html.indexOf("now skipped")).toBeLessThan(html.indexOf("how tests are run"));
  });

  test("stays closed where nothing weakens a test, and says what it says with what was read", () => {
    expect(shown()).not.toContain("open=");
    expect(shown()).toContain("as far as files of tests can be read");
  });

  test("probe: names that turn the text around are shown as marks", () => {
    expect(shown(sighting({ test: "a\u202Eb" }))).not.toContain("\u202E");
  });

  test("lockfiles are packages: what is outside the charter's list first, what is not known never guessed", () => {
    const one = { path: "package-lock.json", ecosystem: "npm", change: "added", before: null } as const;
    const plain = { ...one, isDirect: false, hasInstallScript: true };
    const view = changesView(
      changesDocument({
        tests: [],
        packages: [
          { ...plain, name: "fine", after: "1.0.0", licence: "MIT" },
          { ...plain, name: "secret", after: "2.0.0", licence: null },
          { ...plain, name: "viral", after: "3.0.0", licence: "AGPL-3.0-only" },
        ],
        notes: [
          {
            rule: "new_host",
            path: "package-lock.json",
            name: "fine",
            before: null,
            after: "https://evil.example",
          },
        ],
        headers: [{ path: "src/a.ts", line: 1, kind: "copyright", text: "Copyright 2020 Somebody" }],
      }),
      ["MIT"],
    );
    const html = renderToStaticMarkup(<ChangesPanel runId="run_1" changes={view} />);
    expect(html.indexOf("viral")).toBeLessThan(html.indexOf("secret"));
    expect(html.indexOf("secret")).toBeLessThan(html.indexOf(">fine<"));
    expect(html).toContain("comes from https://evil.example, which the base takes nothing from");
    expect(html).toContain("3 dependencies change, 1 to check");
    expect(html).toContain("Copyright 2020 Somebody");
    expect(boundChanges({ commitment: "c", view })).toMatchObject({
      dependencies: [
        "fine comes from https://evil.example, which the base takes nothing from.",
        "viral 3.0.0 added, licence AGPL-3.0-only (outside the charter's list)",
        "secret 2.0.0 added, licence unknown",
        "fine 1.0.0 added, licence MIT",
      ],
      checklist: [
        "Packages added or changed: 3; 1 outside the charter's list; 1 whose licence the lockfile does not say.",
        "Licence or copyright lines added, or licence files touched: 1.",
        "Files about packages that were not read: 0.",
        expect.stringMatching(/^Not looked for/),
      ],
    });
  });

  test.each([
    ["not_read", "from before"],
    ["taken_away", "taken away"],
  ] as const)("%s is said", (changes, words) => {
    expect(renderToStaticMarkup(<ChangesPanel runId="run_1" changes={changes} />)).toContain(words);
  });
});
