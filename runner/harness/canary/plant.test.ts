import { expect, test } from "vitest";
import type { TestRun } from "../harness.ts";
import { judgeControl } from "./control.ts";
import { plantInto } from "./plant.ts";
import { readCanaries } from "./read.ts";

const TEXT = 'import { test, expect } from "vitest";\ntest("a", () => expect(1).toBe(1));\n';
const planting = plantInto(
  ["a.test.ts", "b.test.ts"].map((path) => ({ path, text: TEXT })),
  "vitest run",
  "canary_1",
);

test("no two planted tests have one name, whichever files they are in", () => {
  const names = planting.files.flatMap((file) => file.names);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toContain(planting.token);
});

test("probe: canaries of one file that are kept out of the report are not made up for by another file's", () => {
  const [a, b] = planting.files;
  const cases = [
    { id: "a.test.ts › a", outcome: "passed" as const, failure: null },
    ...(b?.names ?? []).map((name) => ({
      id: `b.test.ts › ${name}`,
      outcome: "failed" as const,
      failure: null,
    })),
  ];
  expect(readCanaries({ cases }, planting)).toMatchObject({ sound: ["b.test.ts"], silent: [a?.path] });
});

test("probe: canaries kept out of the report are missed where the command runs in a folder and names files from there", () => {
  const [file] = planting.files;
  const run = (cases: { id: string; outcome: "failed" | "passed" }[]): TestRun => ({
    ...{ tree: null, reportSha256: null, problem: null, refusal: null },
    ...{ command: 1, exit: 1, ended: "itself", milliseconds: 1, report: null },
    planted: readCanaries({ cases: cases.map((each) => ({ ...each, failure: null })) }, planting),
  });
  const named = (name: string) => `from-there.test.ts › ${name}`;
  const onBase = run((file?.names ?? []).map((name) => ({ id: named(name), outcome: "failed" })));
  const { planting: carried } = judgeControl(planting, onBase, [], []);
  const cases = [{ id: named("a"), outcome: "passed" as const, failure: null }];
  expect(carried && readCanaries({ cases }, carried).silent).toContain(file?.path);
});
