import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Placed, runInOrder } from "./schedule.ts";
import { STAGES } from "./stages.ts";

/** What began and ended, in order; each stage takes a few turns of the event loop. */
async function traceOf(stages: Record<string, Placed>, isAsked = (_name: string) => true): Promise<string[]> {
  const trace: string[] = [];
  await runInOrder(stages, isAsked, async (name) => {
    trace.push(`${name} begins`);
    for (let turn = 0; turn < name.length; turn++) await null;
    trace.push(`${name} ends`);
  });
  return trace;
}

describe("stages", () => {
  test("that wait for nothing run side by side, and what waits for both comes last", async () => {
    const trace = await traceOf({ long: { after: [] }, s: { after: [] }, last: { after: ["long", "s"] } });
    expect(trace).toEqual(["long begins", "s begins", "s ends", "long ends", "last begins", "last ends"]);
  });

  test("never begin before what they come after has ended, and run once", async () => {
    const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(graph, async (edges) => {
        const stages = Object.fromEntries(
          edges.map((to, index) => [
            `s${index}`,
            { after: to.filter((each) => each < index).map((each) => `s${each}`) },
          ]),
        );
        const trace = await traceOf(stages);
        expect(new Set(trace).size).toBe(2 * edges.length);
        for (const [name, { after }] of Object.entries(stages)) {
          for (const other of after)
            expect(trace.indexOf(`${other} ends`)).toBeLessThan(trace.indexOf(`${name} begins`));
        }
      }),
      { numRuns: 50 },
    );
  });

  test("that are not asked for do not run, and what stands on both sides of one keeps its order", async () => {
    const stages = { generate: { after: [] }, build: { after: ["generate"] }, vitest: { after: ["build"] } };
    const trace = await traceOf(stages, (name) => name !== "build");
    expect(trace).toEqual(["generate begins", "generate ends", "vitest begins", "vitest ends"]);
  });

  test("give their results in the order they stand in, whoever was first", async () => {
    const stages = { slow: { after: [] }, quick: { after: [] } };
    const all = () => true;
    const given = runInOrder(stages, all, async (name) => {
      if (name === "slow") await new Promise(setImmediate);
      return name;
    });
    expect(await given).toEqual(["slow", "quick"]);
  });

  test("probe: that wait for one below them are refused, for nothing would begin them", async () => {
    const stages = { first: { after: ["second"] }, second: { after: [] } };
    await expect(traceOf(stages)).rejects.toThrow(/first comes after second/);
  });
});

test("the tests of the code and of the browser run alone, after everything that was made for them", () => {
  const names = Object.keys(STAGES);
  for (const name of ["vitest", "playwright"]) {
    const before = names.slice(0, names.indexOf(name));
    expect(before.filter((other) => !reaches(name, other))).toEqual([]);
  }
});

const reaches = (from: string, to: string): boolean =>
  (STAGES[from]?.after ?? []).some((each) => each === to || reaches(each, to));
