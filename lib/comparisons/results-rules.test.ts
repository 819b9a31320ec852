import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wilson, Z } from "../kpis/statistics.ts";
import { newcombe, normalQuantile, wilsonAt, zOf } from "./difference-rules.ts";
import { latencyOf, medianOf, resultsOf, shareOf } from "./results-rules.ts";
import type { AttemptView } from "./schema.ts";

const attempt = (change: Partial<AttemptView>): AttemptView => ({
  ...{ id: "cpa_1", place: 1, label: "A-00", agentId: "one", task: 0, round: 1, runId: "run_1" },
  ...{ status: "rejected", evidence: "verified", verdict: null, verdictReason: null, judgedByName: null },
  ...{ isChosen: false, costMicros: 0, milliseconds: 1000, deniedAsks: 0, findings: 0 },
  ...change,
});
const many = (n: number, change: Partial<AttemptView>) => Array.from({ length: n }, () => attempt(change));
const agents = ["one", "two"].map((agentId) => ({ agentId, name: agentId, model: "m", driver: "openai" }));

describe("the difference of two shares", () => {
  test.each([
    // Newcombe 1998, table II, method 10.
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 10, 0.6075, 1],
  ])("is told as published for %d of %d against %d of %d", (a, m, b, n, low, high) => {
    const told = newcombe({ hits: a, of: m }, { hits: b, of: n });
    expect(told.low).toBeCloseTo(low, 4);
    expect(told.high).toBeCloseTo(high, 4);
  });

  test("is the same turned round, and holds no difference where the shares are equal", () => {
    const counted = fc
      .integer({ min: 1, max: 60 })
      .chain((of) => fc.record({ hits: fc.integer({ min: 0, max: of }), of: fc.constant(of) }));
    fc.assert(
      fc.property(counted, counted, (one, other) => {
        const [there, back] = [newcombe(one, other), newcombe(other, one)];
        expect(there.low).toBeCloseTo(-back.high, 10);
        expect(newcombe(one, one).low).toBeLessThanOrEqual(0);
        expect(newcombe(one, one).high).toBeGreaterThanOrEqual(0);
        expect(wilsonAt(one.hits, one.of, Z)).toEqual(wilson(one.hits, one.of));
      }),
    );
  });

  test("is held to more where more pairs are told of", () => {
    expect(zOf(1)).toBeCloseTo(Z, 6);
    expect(normalQuantile(0.025 / 3)).toBeCloseTo(-2.3939797998185104, 6);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(zOf(28)).toBeGreaterThan(zOf(3));
  });
});

describe("results", () => {
  test("count what they say they count", () => {
    const { contestants } = resultsOf(
      agents,
      [
        attempt({ verdict: "acceptable", costMicros: 100 }),
        attempt({ verdict: "wrong", costMicros: 200, deniedAsks: 2 }),
        attempt({ status: "in_review", costMicros: 300 }),
        attempt({ status: "failed", evidence: null, findings: 1 }),
        attempt({ status: "cancelled", evidence: null, costMicros: 400 }),
        attempt({ status: "working", evidence: null }),
      ],
      [],
    );
    expect(contestants[0]).toMatchObject({
      ...{ attempts: 6, finished: 4, cancelled: 1, unjudged: 1, deniedAsks: 2, findings: 1 },
      verified: { hits: 3, of: 4 },
      accepted: { hits: 1, of: 3 },
      escaped: { hits: 1, of: 2 },
      violating: { hits: 2, of: 4 },
      cost: { n: 4, value: 150, interval: null },
      ...{ totalMicros: 1000, costPerAccepted: 1000 },
    });
    expect(contestants[1]).toMatchObject({ attempts: 0, verified: { of: 0, share: null, interval: null } });
  });

  test("say which is better only where the difference is told", () => {
    const tell = (hits: number, of: number, others: number) =>
      resultsOf(
        agents,
        [
          ...many(hits, { verdict: "acceptable" }),
          ...many(of - hits, { verdict: "wrong" }),
          ...many(others, { agentId: "two", verdict: "acceptable" }),
          ...many(of - others, { agentId: "two", verdict: "wrong" }),
        ],
        [],
      ).pairs;
    const of = (pairs: ReturnType<typeof tell>, measure: string) =>
      pairs.find((pair) => pair.measure === measure)?.better;
    expect(of(tell(18, 20, 6), "accepted")).toBe("one");
    // Fewer that escaped are better.
    expect(of(tell(18, 20, 6), "escaped")).toBe("one");
    expect(of(tell(2, 20, 16), "accepted")).toBe("two");
    expect(of(tell(12, 20, 10), "accepted")).toBeNull();
    expect(of(tell(3, 3, 0), "cost")).toBeNull();
    // Of a handful of attempts nothing is told, however far apart they are.
    for (const few of [1, 2, 3, 4]) expect(of(tell(few, few, 0), "accepted")).toBeNull();
    expect(of(tell(5, 5, 0), "accepted")).toBe("one");
  });

  test("hold a cheaper or quicker agent for better where intervals are apart", () => {
    const costs = [1, 2, 3, 4, 5].flatMap((at) => [
      attempt({ costMicros: 100 + at, milliseconds: 9000 + at }),
      attempt({ agentId: "two", costMicros: 900 + at, milliseconds: 100 + at }),
    ]);
    const { pairs } = resultsOf(agents, costs, []);
    expect(pairs.find(({ measure }) => measure === "cost")?.better).toBe("one");
    expect(pairs.find(({ measure }) => measure === "time")?.better).toBe("two");
  });

  test("have no interval of nothing or of fewer than five", () => {
    expect(shareOf(0, 0)).toMatchObject({ share: null, interval: null });
    expect(medianOf([3, 1, 2])).toEqual({ n: 3, value: 2, interval: null });
    const long = medianOf(Array.from({ length: 1000 }, (_, at) => at));
    expect(long.interval?.low).toBeGreaterThan(450);
    expect(long.interval?.high).toBeLessThan(550);
  });

  test("tell latency by what a call takes in, at the edges too", () => {
    const call = (inputTokens: number, firstTokenMs: number | null) => ({
      inputTokens,
      firstTokenMs,
      totalMs: 9,
    });
    const told = latencyOf([
      call(0, 1),
      call(7999, 3),
      call(8000, null),
      call(128_000, 50),
      call(900_000, 70),
    ]);
    expect(
      told.map(({ from, below, firstToken, whole }) => [from, below, firstToken.value, whole.n]),
    ).toEqual([
      [0, 8000, 2, 2],
      [8000, 32_000, null, 1],
      [128_000, null, 60, 2],
    ]);
  });
});
