import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHANGED_PATHS } from "#lib/protocol/agent-events.ts";
import { NewEvent } from "#lib/protocol/events.ts";
import { parseReport } from "./reports.ts";

const tree = "a".repeat(40);
const report = (paths: readonly string[]) => () =>
  parseReport(JSON.stringify({ tree, changed: { paths, more: 0 }, id: 1 }));
const isTold = (paths: readonly string[]) =>
  NewEvent.safeParse({ kind: "tree_recorded", body: { item: 1, tree, paths, more: 0 } }).success;

describe("changed paths", () => {
  test("up to their bound all together are taken, by the runner and by the plane", () => {
    const paths = Array.from({ length: 16 }, () => "x".repeat(1000));
    expect(report(paths)()).toMatchObject({ changed: { paths } });
    expect(isTold(paths)).toBe(true);
  });

  test("probe: each as long as one may be are too long together, whoever forged them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 17, max: CHANGED_PATHS.count }),
        fc.constantFrom("x", "\u0001", "€"),
        (count, of) => {
          const paths = Array.from({ length: count }, () => of.repeat(CHANGED_PATHS.each));
          expect(report(paths)).toThrow("into the session's own channel");
          expect(isTold(paths)).toBe(false);
        },
      ),
    );
  });
});
