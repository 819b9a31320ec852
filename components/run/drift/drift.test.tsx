import fc from "fast-check";
import { renderToStaticMarkup as html } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { pointsOf } from "#lib/drift/fold.ts";
import { NO_FACTS, scoreOf } from "#lib/drift/rules.ts";
import type { DriftFact, StoredPoint } from "#lib/drift/schema.ts";
import type { RunEvent } from "#lib/protocol/events.ts";
import { driftEvents, storedAs } from "#lib/testing/drift-events.ts";
import { timelineOf } from "#lib/timeline/rules.ts";
import { curveOf, HEIGHT, TOP, thinned, WIDTH, xOf, yOf } from "./curve.ts";
import { DriftSection } from "./drift-section.tsx";
import { factWords } from "./drift-words.ts";
import { merged, takePoints } from "./live-points.ts";

const TERMS = { isAllowed: () => false, isHarness: () => true, testArgv: ["node"], budgetMicros: 10 };
const at = "2030-01-01T08:00:00.000Z";
const point = (seq: number, score: number, paused = false): StoredPoint => ({
  seq,
  at,
  score,
  parts: [],
  paused,
});

describe("the curve", () => {
  test("stays inside the drawing, begins at its left and ends at its right, whatever the points", () => {
    const points = fc.array(fc.record({ seq: fc.nat(5000), score: fc.nat(150) }), { maxLength: 60 });
    fc.assert(
      fc.property(points, fc.nat(5000), (some, last) => {
        const ordered = some.toSorted((a, b) => a.seq - b.seq);
        const { line, area, end } = curveOf(ordered, last);
        for (const [, letter, value] of line.matchAll(/([HV])([\d.-]+)/g))
          expect(Number(value)).toBeLessThanOrEqual(letter === "H" ? WIDTH : HEIGHT);
        expect(line).toMatch(/^M0 64/);
        expect(area).toMatch(/H296V64H0Z$/);
        expect(end.y).toBeGreaterThanOrEqual(TOP);
      }),
    );
  });

  test("is higher where the score is", () => {
    expect(yOf(0)).toBe(HEIGHT);
    expect(yOf(100)).toBe(TOP);
    expect(xOf(1, 100)).toBe(0);
    expect(xOf(100, 100)).toBe(WIDTH);
  });

  test("of very many points keeps the highest of each column and the newest", () => {
    const many = Array.from({ length: 5000 }, (_, n) => point(n + 1, n === 777 ? 99 : n % 50));
    const some = thinned(many, 5000);
    expect(some.length).toBeLessThanOrEqual(402);
    expect(some.some(({ score }) => score === 99)).toBe(true);
    expect(some.at(-1)?.seq).toBe(5000);
  });
});

describe("the section", () => {
  const shown = (
    points: readonly StoredPoint[],
    threshold: number | null = 70,
    events: readonly RunEvent[] = [],
  ) => html(<DriftSection runId="run_1" drift={{ threshold, points }} timeline={timelineOf(events)} />);

  test("says the score in words, what it is made of, and leads to the events behind", () => {
    const { score, parts } = scoreOf(
      { ...NO_FACTS, outside: 2, returns: 4 },
      { outside: [3, 9], returns: [12] },
    );
    const page = shown([{ seq: 12, at, score, parts, paused: true }], 40);
    expect(page).toContain("Outside its paths");
    expect(page).toContain("2 files outside the charter&#x27;s paths.");
    expect(page).toContain("the tree was an earlier one again 4 times");
    for (const seq of [3, 9, 12]) expect(page).toContain(`href="/runs/run_1?event=${seq}"`);
    expect(page).toContain(`Drift score over the run: ${score} now, ${score} at most; 40 pauses the run.`);
    expect(page).toContain("(paused)");
    expect(page).toMatch(/<th scope="col">Score/);
  });

  test("says that nothing counts against a run, and that a charter pauses none", () => {
    expect(shown([])).toContain("Nothing counts against it so far.");
    expect(shown([point(3, 0)], null)).toContain("pauses no run");
    expect(shown([], null)).toContain("of 100");
  });

  test("marks where the agent was re-anchored", () => {
    const events = storedAs([
      { kind: "turn_started", body: { turn: 1 } },
      { kind: "prompt_sent", body: { turn: 1, origin: "anchor", text: "Stop for a moment." } },
    ]);
    expect(shown([point(1, 5)], 70, events)).toContain("Re-anchored, event 2");
  });

  test("draws whatever was counted", () => {
    fc.assert(
      fc.property(driftEvents(80), (story) => {
        const points = pointsOf(TERMS, storedAs(story)).map((each) => ({ ...each, paused: false }));
        expect(shown(points)).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 30 },
    );
  });

  test("has words for every fact", () => {
    for (const name of Object.keys(NO_FACTS) as DriftFact[])
      for (const count of [1, 1234])
        expect(factWords({ facts: { [name]: count } }).length).toBeGreaterThan(5);
    expect(factWords({ facts: { unheard: 3, constructor: 1 } })).toBe("");
  });
});

describe("points that come live", () => {
  test("join the page's own, each once and in order", () => {
    const seqs = fc.uniqueArray(fc.nat(50), { maxLength: 20 });
    fc.assert(
      fc.property(seqs, seqs, (one, other) => {
        const all = merged(
          one.map((seq) => point(seq, 1)),
          other.map((seq) => point(seq, 2)),
        );
        expect(all.map(({ seq }) => seq)).toEqual([...new Set([...one, ...other])].sort((a, b) => a - b));
        for (const { seq, score } of all) expect(score).toBe(other.includes(seq) ? 2 : 1);
      }),
    );
  });

  test.each([
    "{}",
    "[1]",
    '[{"seq":1}]',
    `[${JSON.stringify({ ...point(1, 1), parts: [{ part: "x" }] })}]`,
    "x",
  ])("probe: what is no list of points is refused: %s", (data) =>
    expect(() => takePoints("run_x", data)).toThrow(),
  );
  test("are taken in", () => takePoints("run_y", JSON.stringify([point(1, 1)])));
});
