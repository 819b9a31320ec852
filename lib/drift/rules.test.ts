import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import { DRIFT_RULES, driftSentence, NO_FACTS, partWords, pauseAt, pausesFrom, scoreOf } from "./rules.ts";
import { DRIFT_PARTS, type DriftFact, type DriftFacts } from "./schema.ts";

const FACTS = Object.keys(NO_FACTS) as DriftFact[];
const facts = fc.record(
  Object.fromEntries(FACTS.map((name) => [name, fc.oneof(fc.nat(30), fc.nat(2_000_000))])),
) as unknown as fc.Arbitrary<DriftFacts>;

describe("the score", () => {
  test("is monotone in every fact, and between 0 and 100", () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...FACTS), fc.nat(1_000_000), (known, name, more) => {
        const [before, after] = [scoreOf(known), scoreOf({ ...known, [name]: known[name] + more })];
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        for (const { part, score } of before.parts)
          expect(after.parts.find((each) => each.part === part)?.score).toBeGreaterThanOrEqual(score);
        expect(before.score).toBeLessThanOrEqual(100);
      }),
    );
  });

  test("is the sum of its parts' points, up to 100, and each part names the facts it is made of", () => {
    fc.assert(
      fc.property(facts, (known) => {
        const { score, parts } = scoreOf(known);
        expect(score).toBe(
          Math.min(
            100,
            parts.reduce((sum, { points }) => sum + points, 0),
          ),
        );
        for (const each of parts) {
          const rule = DRIFT_RULES[each.part];
          expect(each.points).toBe(Math.floor((rule.weight * each.score) / 100));
          expect(Object.keys(each.facts).length).toBeGreaterThan(0);
          for (const [name, value] of Object.entries(each.facts))
            expect(known[name as DriftFact]).toBe(value);
        }
      }),
    );
  });

  test("is 0 where there is no fact, and every fact counts in exactly one part", () => {
    expect(scoreOf(NO_FACTS)).toEqual({ score: 0, parts: [] });
    const counted = Object.values(DRIFT_RULES).flatMap((rule) => Object.keys(rule.facts));
    expect(counted.toSorted()).toEqual(FACTS.toSorted());
    expect(Object.keys(DRIFT_RULES).toSorted()).toEqual([...DRIFT_PARTS].toSorted());
    for (const name of FACTS) expect(scoreOf({ ...NO_FACTS, [name]: 10_000_000 }).score).toBeGreaterThan(0);
  });

  test("of one part alone pauses no run by the default charter", () => {
    const threshold = pauseAt(defaultCharter("r", "main", "2030-12-31")) ?? 0;
    for (const name of FACTS)
      expect(scoreOf({ ...NO_FACTS, [name]: 10_000_000 }).score).toBeLessThan(threshold);
  });

  test("names the newest events of each part, each once", () => {
    const events = { returns: [3, 9, 12], repeats: [4, 9], failures: [1, 2, 5, 6, 7, 8] };
    const [part] = scoreOf({ ...NO_FACTS, returns: 3, repeats: 2, failures: 8 }, events).parts;
    expect(part?.events).toEqual([3, 4, 5, 6, 7, 8, 9, 12]);
  });
});

describe("a pause", () => {
  test("comes at the charter's score; 0 means never", () => {
    const { controls } = defaultCharter("r", "main", "2030-12-31");
    expect(pauseAt({ controls: { ...controls, driftPause: 55 } })).toBe(55);
    expect(pauseAt({ controls: { ...controls, driftPause: 0 } })).toBeNull();
  });

  test("comes again only when it got clearly worse than what somebody let go on", () => {
    expect([pausesFrom(70, null), pausesFrom(70, 70), pausesFrom(70, 82)]).toEqual([70, 80, 92]);
  });

  test("says in one sentence what weighs most", () => {
    const scored = scoreOf({ ...NO_FACTS, outside: 3, returns: 7, idleTokens: 400_000, goals: 4 });
    expect(driftSentence(scored, 70)).toBe(
      "Its drift score is 100, and the charter pauses a run at 70: files outside the charter's paths (40), turning in circles (40), tokens spent while nothing changed (18).",
    );
    for (const part of DRIFT_PARTS) expect(partWords(part)).toMatch(/^[a-z]/);
  });
});
