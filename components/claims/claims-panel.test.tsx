import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ClaimsView, ClaimView } from "#lib/claims/schema.ts";
import { ClaimsPanel } from "./claims-panel.tsx";

const run = (exit: number | null = 0) => ({ command: 4, text: "npm test", exit, seq: 17 });
const claim = (changes: Partial<ClaimView>): ClaimView => ({
  ...{ text: "All tests pass.", standing: "unverified", rests: [], against: [] },
  ...{ harness: "cannot_say", because: "Nothing of it was verified yet." },
  ...changes,
});
const shown = (view: Partial<ClaimsView>) =>
  html(<ClaimsPanel runId="run_1" claims={{ lastTest: null, claims: [], text: "", ...view }} />);

describe("the panel of claims", () => {
  test("says what each rests on, with command, exit and a link, and what the harness says", () => {
    const page = shown({
      claims: [
        claim({ standing: "rests", rests: [run()], harness: "agrees", because: "Every test passes." }),
        claim({ standing: "contradicted", against: [run(1)], harness: "disagrees", because: "2 fail." }),
        claim({}),
      ],
    });
    expect(page).toContain("1 of 3 tied");
    expect(page).toContain("Rests on");
    expect(page).toContain("Contradicted by");
    expect(page).toContain("Unverified: it names no evidence");
    expect(page.match(/href="\/runs\/run_1\?event=17"/g)).toHaveLength(2);
    for (const words of ["exit 0", "exit 1", "The harness agrees", "The harness disagrees", "cannot say"])
      expect(page).toContain(words);
  });

  test("names runs of one command that ended alike together", () => {
    const rests = [1, 2, 3].map((command) => ({ ...run(), command, seq: command * 10 }));
    const page = shown({ claims: [claim({ standing: "rests", rests })] });
    expect(page.match(/npm test/g)).toHaveLength(1);
    for (const seq of [10, 20, 30]) expect(page).toContain(`event=${seq}`);
  });

  test("says where the last test run is older than the last edit, and where there was none", () => {
    expect(shown({ lastTest: { state: "older", run: run() } })).toContain(
      "Its last test run is older than its last edit",
    );
    expect(shown({ lastTest: { state: "newer", run: run(null) } })).toContain("cut off");
    expect(shown({ lastTest: { state: "none" } })).toContain("It ran no tests");
  });

  test("probe: a summary is text, and nothing in it is hidden", () => {
    const hostile = "<img src=x onerror=alert(1)> \u202e evil</section>";
    const page = shown({ text: hostile, claims: [claim({ text: hostile }), claim({ text: hostile })] });
    expect(page).not.toContain("<img");
    expect(page).not.toContain("\u202e");
    expect(page).toContain("‹U+202E›");
    const long = shown({
      claims: [claim({ standing: "rests", rests: [{ ...run(), text: "x".repeat(5000) }] })],
    });
    expect(long.length).toBeLessThan(4000);
  });
});
