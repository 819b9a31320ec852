import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ceilingOf, maskNames, planAttempts, refusalToPlan } from "./rules.ts";
import { MOST_ATTEMPTS } from "./schema.ts";

const drawn = fc.record({
  agents: fc.uniqueArray(fc.stringMatching(/^agt_[a-z]{4}$/), { minLength: 2, maxLength: 6 }),
  tasks: fc.integer({ min: 1, max: 8 }),
  each: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  bytes: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 200, maxLength: 200 }),
});

describe("the order of a comparison", () => {
  test("holds every agent at every task in every round once, with labels of their own", () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const attempts = planAttempts(of);
        const keys = attempts.map(({ agentId, task, round }) => `${agentId} ${task} ${round}`);
        expect(new Set(keys).size).toBe(of.agents.length * of.tasks * of.each);
        expect(new Set(attempts.map(({ label }) => label)).size).toBe(keys.length);
        expect(attempts.map(({ place }) => place)).toEqual(attempts.map((_, at) => at + 1));
      }),
    );
  });

  test("never lets an agent get more than one attempt ahead of another", () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const done = new Map(of.agents.map((agent) => [agent, 0]));
        for (const { agentId } of planAttempts(of)) {
          done.set(agentId, (done.get(agentId) ?? 0) + 1);
          const counts = [...done.values()];
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("is the same for the same seed, and gives no agent the first place more often than chance does", () => {
    const of = { agents: ["one", "two"], tasks: 1, each: 1, bytes: [1, 2] };
    expect(planAttempts({ ...of, seed: 7 })).toEqual(planAttempts({ ...of, seed: 7 }));
    const firsts = Array.from({ length: 2000 }, (_, seed) => planAttempts({ ...of, seed })[0]?.agentId);
    const share = firsts.filter((agent) => agent === "one").length / firsts.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
  });

  test("probe: labels follow from chance alone and not from who made it", () => {
    const of = { agents: ["one", "two"], tasks: 2, each: 2, bytes: [9, 8, 7, 6, 5, 4, 3, 2] };
    const labels = (seed: number) => planAttempts({ ...of, seed }).map(({ label }) => label.slice(2));
    expect(labels(1)).toEqual(labels(2));
  });
});

describe("the plan of a comparison", () => {
  const facts = {
    agents: [
      { name: "One", model: "m" },
      { name: "Two", model: "m" },
    ],
    tasks: [{ title: "Task", task: "Do it.", kind: "repair" as const }],
    ...{ each: 1, runsLeft: 2, planner: "per_p", reviewers: ["per_r"], mayJudge: ["per_r"] },
  };

  test("fits what the charter allows, has agents that read tasks, and a reviewer who did not plan it", () => {
    expect(refusalToPlan(facts)).toBeNull();
    expect(refusalToPlan({ ...facts, runsLeft: 1 })?.sentence).toContain("allows 1 more");
    expect(refusalToPlan({ ...facts, each: MOST_ATTEMPTS, runsLeft: 9999 })?.field).toBe("each");
    const recipe = [...facts.agents.slice(1), { name: "Recipe", model: null }];
    expect(refusalToPlan({ ...facts, agents: recipe })?.sentence).toContain("“Recipe” has no model");
    expect(refusalToPlan({ ...facts, reviewers: ["per_p"] })?.field).toBe("reviewers");
    expect(refusalToPlan({ ...facts, mayJudge: [] })?.field).toBe("reviewers");
  });

  test("may cost as much as its charter lets each run spend", () => {
    expect(ceilingOf(30, 150)).toBe(45_000_000);
  });
});

describe("names in a patch", () => {
  test("probe: are covered in any case, also where they hold signs of patterns", () => {
    const { text, masked } = maskNames("By A+B (v2)! and a+b (V2), Claude-Code, openai_key, GPT", [
      "A+B (v2)",
    ]);
    expect(text).toBe("By ▮▮▮! and ▮▮▮, ▮▮▮-Code, ▮▮▮_key, ▮▮▮");
    expect(masked).toBe(5);
  });

  test("leave other words alone, and names too short to tell anything", () => {
    const plain = "the corpus opuscule, an AI";
    expect(maskNames(plain, ["AI", ""])).toEqual({ text: plain, masked: 0 });
  });
});
