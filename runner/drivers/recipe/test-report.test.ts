import { expect, test } from "vitest";
import { refused } from "#lib/errors.ts";
import { isPlanned } from "#lib/protocol/artefacts.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { testFolder } from "#lib/testing/runner/parts.ts";
import { handInFiles } from "../hand-in-files.ts";
import { reportPath } from "./test-report.ts";

test.each([
  [["reports"], "reports/recipe-report.json"],
  [["out.txt", "a.b/reports"], "a.b/reports/recipe-report.json"],
  [["out/tests.json", "reports"], "out/tests.json"],
  [["out.txt"], null],
] as const)("of the planned paths %j the report takes %j", (paths, wanted) => {
  const plan = { paths: [...paths], count: 1, bytes: 1000 };
  expect(reportPath(plan)).toBe(wanted);
  if (wanted !== null) expect(isPlanned(plan, wanted)).toBe(true);
});

test("a file that the control plane does not take is told and keeps no other back", async () => {
  const events: NewEvent[] = [];
  const context = {
    workspace: { repository: "", scratch: testFolder() },
    emit: async (event: NewEvent) => void events.push(event),
    handInArtefact: async (_: string, path: string) => {
      if (path === "a") throw refused("Enough.");
      return "art_1";
    },
  };
  const files = ["a", "b"].map((path) => ({ path, bytes: Buffer.from(path) }));
  expect(await handInFiles(context, files)).toBe(1);
  expect(events.map(({ kind }) => kind)).toEqual(["note", "artefact_handed_in"]);
});
