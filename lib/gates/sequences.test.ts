// No sequence of what may happen around a run merges it without the distinct approvers it needs.
import fc from "fast-check";
import { expect, test } from "vitest";
import { sequences } from "../testing/gates/commands.ts";
import { begin, step } from "../testing/gates/model.ts";
import { gateServices } from "../testing/gates/services.ts";
import { createWitness } from "../testing/gates/witness.ts";

const LONGEST = 30;

test("in 12,000 sequences the rules merge nothing without enough people who could approve it then", () => {
  const ended = { merged: 0, amended: 0, again: 0, overruled: 0 };
  fc.assert(
    fc.property(sequences(LONGEST), (sequence) => {
      const witness = createWitness(sequence);
      let world = begin(sequence);
      for (const command of sequence.commands) {
        const [next, answer] = step(world, command);
        const merged = next.run === "merging" && world.run !== "merging";
        expect(witness.tell(command, { answer, gates: next.gates.length, merged })).toBeNull();
        if (merged) ended.merged += 1;
        if (merged && next.charters.length > 1) ended.amended += 1;
        if (merged && next.base > 0) ended.again += 1;
        const said = merged
          ? next.gates.flatMap(({ facts, approvals }) => (facts.status === "approved" ? approvals : []))
          : [];
        if (said.some(({ decision }) => decision === "deny")) ended.overruled += 1;
        world = next;
      }
    }),
    { numRuns: 12_000 },
  );
  // The sequences reach what they are to try.
  expect(ended.merged).toBeGreaterThan(500);
  expect(ended.amended).toBeGreaterThan(30);
  expect(ended.again).toBeGreaterThan(30);
  // One of two denials that it takes, and enough approvals all the same.
  expect(ended.overruled).toBeGreaterThan(10);
});

test("100 of them end in the services as in the rules, and a merge names nobody but who could be counted", async () => {
  const services = await gateServices();
  let merged = 0;
  await fc.assert(
    fc.asyncProperty(sequences(12), async (sequence) => {
      const witness = createWitness(sequence);
      let world = begin(sequence);
      const real = await services.begin(sequence);
      for (const command of sequence.commands) {
        const [next, answer] = step(world, command);
        const seen = await real.take(command);
        const run = await real.look();
        expect([seen, run.status, run.gates]).toEqual([
          answer,
          next.run,
          next.gates.map(({ facts }) => facts.status),
        ]);
        const merging = run.status === "merging" && world.run !== "merging";
        expect(witness.tell(command, { answer: seen, gates: run.gates.length, merged: merging })).toBeNull();
        if (merging) {
          merged += 1;
          const last = run.approvers ?? [];
          expect(new Set(last).size).toBe(last.length);
          expect(witness.counted(run.gates.indexOf("approved"))).toEqual(expect.arrayContaining([...last]));
        }
        world = next;
      }
      await real.end();
    }),
    { numRuns: 100, endOnFailure: true },
  );
  expect(merged).toBeGreaterThan(1);
}, 300_000);
