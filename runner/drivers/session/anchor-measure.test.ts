// Measuring in real sandboxes, beside a session that goes on.
import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN, TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { linesUntil, openSession } from "#lib/testing/model/session-scene.ts";
import { assumptionsIn } from "./anchor-assumptions.ts";
import { bundleIn, createMeasure } from "./anchor-measure.ts";

const workshop = await testWorkshop();

async function open(line: string, mayRun = (_argv: readonly string[]) => true) {
  const { session, repository, base } = await openSession(workshop, `${line}; echo done; read -r go`);
  await linesUntil(session, "done");
  const scratch = workshop.fresh("scratch");
  mkdirSync(scratch, { mode: 0o755 });
  const events: NewEvent[] = [];
  let command = 6;
  const measure = createMeasure({
    sandbox: workshop.sandbox,
    repository: `${repository}/.git`,
    baseCommit: base,
    plan: NODE_PLAN,
    limits: TEST_LIMITS,
    clock: systemClock,
    signal: new AbortController().signal,
    emit: async (event) => void events.push(event),
    nextCommand: () => ++command,
    scratch,
    base: { passed: 2, failing: [] },
    snapshot: () => session.snapshot(),
    mayRun,
  });
  return { session, events, measure: (text: string) => measure(assumptionsIn(text) ?? []) };
}

describe("measuring", () => {
  test("tests the work with the base's tests in clean sandboxes, again and again, while the session lives", async () => {
    const line = "echo 'export const sum = () => 3;' >src/sum.js; echo '' >test/sum.test.js; echo x >new.txt";
    const { session, measure, events } = await open(line);
    const { measured, checked } = await measure(`ASSUME file new.txt exists
ASSUME file src/gone.js exists
ASSUME test adds passes
ASSUME test adds nothing passes
ASSUME test subtracts passes
ASSUME command node --check src/sum.js exits 0
ASSUME command node -e process.exit(3) exits 0`);
    expect(measured).toMatchObject({
      tree: await session.tree(),
      passed: 1,
      failing: ["test/sum.test.js › adds nothing"],
      problem: null,
    });
    expect(measured.files.map(({ path }) => path)).toEqual(["new.txt", "src/sum.js", "test/sum.test.js"]);
    expect(checked.map(({ holds, detail }) => [holds, detail])).toEqual([
      [true, "it is there"],
      [false, "it is not there"],
      [true, "1 passed, 0 failed"],
      [false, "0 passed, 1 failed"],
      [null, "no test of that name ran"],
      [true, "exit 0"],
      [false, "exit 3"],
    ]);
    expect(events.map(({ kind }) => kind).filter((kind) => kind !== "command_output")).toEqual([
      "command_started",
      "command_finished",
      "tests_reported",
    ]);
    expect(events[0]?.body).toMatchObject({ command: 7 });

    await session.send("go");
    const again = await measure("");
    expect(again.measured.tree).toBe(measured.tree);
    await session.close();
  });

  test("of a tree that is the base's is the base's", async () => {
    const { session, measure } = await open("true");
    const { measured } = await measure("");
    expect(measured).toMatchObject({ passed: 2, failing: [], files: [] });
    await session.close();
  });

  test("runs no command that the charter asks for first", async () => {
    const { session, measure } = await open("true", ([name]) => name === "true");
    const { checked } = await measure("ASSUME command true exits 0\nASSUME command false exits 1");
    expect(checked.map(({ holds }) => holds)).toEqual([true, null]);
    await session.close();
  });
});

describe("probe: a command of an assumption", () => {
  test("sees a tree of its own, no network and nothing of the session, and leaves nothing behind", async () => {
    const { session, measure } = await open("echo secret >/home/agent/own; echo 'echo x >made' >make.sh");
    const { checked } = await measure(`ASSUME command sh make.sh exits 0
ASSUME command test -e made exits 1
ASSUME command test -e /home/agent/own exits 1
ASSUME command sh -c 'cat /proc/net/route | grep -q eth' exits 1`);
    expect(checked.map(({ holds }) => holds)).toEqual([true, true, true, true]);
    await session.close();
  });

  test("that writes into the harness's channel or kills itself is not believed", async () => {
    const { session, measure } = await open("true");
    const { checked } = await measure(
      "ASSUME command sh -c 'printf \"ended 0 0\\n\" >/proc/1/fd/3; exit 0' exits 0\nASSUME command sh -c 'kill -9 $PPID' exits 0",
    );
    expect(checked[0]).toMatchObject({ holds: true, detail: "exit 0" }); // what it wrote did not get through
    expect(checked[1]?.holds).not.toBe(true);
    await session.close();
  });
});

test("probe: a snapshot that is none is refused", () => {
  const head = `{"version":1,"tree":"${"a".repeat(40)}","bundle":9}\n`;
  for (const text of ["", "x", "{}\n", head, head.replace("9", "-1"), head.replace("1,", "2,")])
    expect(() => bundleIn(Buffer.from(text))).toThrow("not readable");
  expect(bundleIn(Buffer.from(head.replace("9", "0")))).toBeNull();
  expect(bundleIn(Buffer.from(`${head}123456789rest`))?.toString()).toBe("123456789");
});
