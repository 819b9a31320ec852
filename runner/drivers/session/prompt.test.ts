import { expect, test } from "vitest";
import { agentAssignment } from "#lib/testing/runner/parts.ts";
import { firstPrompt } from "./prompt.ts";

const assignment = agentAssignment({
  title: "Repair main",
  task: "Make the ledger add up.",
  goal: "Keep main green.",
  allowedPaths: ["src/**", "test/**"],
});

test("says task, goal, how to test, what fails, and where changes are allowed", () => {
  const prompt = firstPrompt(assignment, { passed: 7, failing: ["test/a.test.js › adds"] });
  for (const part of [
    "Make the ledger add up.",
    "Keep main green.",
    "run with: true",
    "7 tests pass and 1 fail:\n- test/a.test.js › adds",
    "src/**, test/**",
  ]) {
    expect(prompt).toContain(part);
  }
});

test("without a task the title is it, and what is empty is left out", () => {
  const prompt = firstPrompt(
    { ...assignment, task: " ", goal: "", allowedPaths: [] },
    { passed: 3, failing: [] },
  );
  expect(prompt).toContain("# Task\nRepair main");
  expect(prompt).toContain("all 3 tests pass");
  expect(prompt).not.toMatch(/Goal|only at/);
});

test("a suite that fails as a whole does not become a book", () => {
  const failing = Array.from({ length: 5000 }, (_, index) => `test ${index}`);
  const prompt = firstPrompt(assignment, { passed: 0, failing });
  expect(prompt.length).toBeLessThan(4000);
  expect(prompt).toContain("- and 4950 more");
});
