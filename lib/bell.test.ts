import { describe, expect, test } from "vitest";
import { createBell, type Ring } from "./bell.ts";

/** A bell whose calls and pauses end when the test says so. */
function stage() {
  const sent: Ring[][] = [];
  const failures: unknown[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const pauses: (() => void)[] = [];
  const bell = createBell({
    send: (rings) => {
      sent.push([...rings]);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return end.promise;
    },
    failed: (error) => failures.push(error),
    pause: () => new Promise<void>((resolve) => pauses.push(resolve)),
  });
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { bell, sent, failures, ends, pauses, settle };
}

const run = (payload: string): Ring => ({ channel: "run_changed", payload });
const grew: Ring = { channel: "record_grew", payload: "" };

describe("the bell", () => {
  test("sends the first call at once, and what comes meanwhile together, each once", async () => {
    const { bell, sent, ends, pauses, settle } = stage();
    bell.ring([run("run_1")]);
    expect(sent).toEqual([[run("run_1")]]);
    for (let nth = 0; nth < 1000; nth++) bell.ring([run("run_1"), grew, run("run_2")]);
    expect(sent).toHaveLength(1);
    ends[0]?.resolve();
    await settle();
    expect(sent).toHaveLength(1); // the pause is not over
    pauses[0]?.();
    await settle();
    expect(sent[1]).toEqual([run("run_1"), grew, run("run_2")]);
    ends[1]?.resolve();
    pauses[1]?.();
    await settle();
    expect(sent).toHaveLength(2); // nothing more to say
  });

  test("says nothing for nothing", () => {
    const { bell, sent } = stage();
    bell.ring([]);
    expect(sent).toEqual([]);
  });

  test("probe: a call that fails is told, and the next one leaves", async () => {
    const { bell, sent, failures, ends, pauses, settle } = stage();
    bell.ring([grew]);
    ends[0]?.reject(new Error("no answer"));
    await settle();
    expect(failures).toHaveLength(1);
    pauses[0]?.();
    await settle();
    bell.ring([run("run_1")]);
    expect(sent).toHaveLength(2);
  });

  test("a call that takes longer than the pause is waited for, and what waited leaves with the next", async () => {
    const { bell, sent, ends, pauses, settle } = stage();
    bell.ring([grew]);
    pauses[0]?.();
    await settle();
    bell.ring([run("run_1")]);
    expect(sent).toHaveLength(1);
    ends[0]?.resolve();
    await settle();
    expect(sent[1]).toEqual([run("run_1")]);
  });

  test("is quiet once everything rung was sent, the pause or not", async () => {
    const { bell, sent, ends } = stage();
    bell.ring([grew]);
    bell.ring([run("run_1")]);
    const quiet = bell.quiet();
    ends[0]?.resolve();
    await expect.poll(() => sent.length).toBe(2);
    ends[1]?.resolve();
    await quiet;
    expect(sent.flat()).toEqual([grew, run("run_1")]);
  });
});
