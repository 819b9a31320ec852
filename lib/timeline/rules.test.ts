import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "../protocol/events.ts";
import { countsOf, EMPTY, filtered, placeOf, planOf, timelineOf, withEvent } from "./rules.ts";
import type { CommandItem, Step } from "./schema.ts";
import { OUTPUT_CHARACTERS } from "./steps.ts";

const START = Date.parse("2026-11-19T08:00:00Z");

/** Events one second apart, numbered as the control plane does; a number before an event sets the attempt. */
function story(...parts: (number | NewEvent)[]): RunEvent[] {
  let attempt = 1;
  const events: RunEvent[] = [];
  for (const part of parts) {
    if (typeof part === "number") attempt = part;
    else {
      const seq = events.length + 1;
      events.push({
        ...part,
        seq,
        attempt,
        at: new Date(START + seq * 1000).toISOString(),
        observedBy: "runner",
      } as RunEvent);
    }
  }
  return events;
}

const begin = (phase: "agent" | "verify" = "agent"): NewEvent => ({
  kind: "attempt_started",
  body: { phase, runner: "rn-03", tier: "strong" },
});
const end = (reason: string): NewEvent => ({ kind: "attempt_ended", body: { phase: "agent", reason } });
const step = (number: number, title = `Step ${number}`): NewEvent => ({
  kind: "step_started",
  body: { step: number, title },
});
const done = (number: number, outcome: "done" | "failed" | "skipped" = "done"): NewEvent => ({
  kind: "step_finished",
  body: { step: number, outcome, detail: "as planned" },
});
const run = (command: number): NewEvent => ({
  kind: "command_started",
  body: { command, argv: ["node", "--test"], tree: "base", purpose: "reproduce" },
});
const print = (command: number, text: string): NewEvent => ({
  kind: "command_output",
  body: { command, stream: "stdout", text },
});
const exit = (command: number, code: number | null): NewEvent => ({
  kind: "command_finished",
  body: { command, exit: code, ended: "itself", milliseconds: 14_200, dropped: 7 },
});
const tests = (command: number): NewEvent => ({
  kind: "tests_reported",
  body: { command, tree: "base", passed: 22, failed: 1, skipped: 0, failing: ["a.test.ts › adds"] },
});
const note = (text: string): NewEvent => ({ kind: "note", body: { text } });
const status = (from: string, to: string, reason = ""): NewEvent => ({
  kind: "status_changed",
  body: { from, to, reason },
});
const file = (path: string): NewEvent => ({ kind: "file_changed", body: { path, added: 9, removed: 4 } });

const steps = (events: RunEvent[]) =>
  timelineOf(events).entries.filter((entry): entry is Step => entry.kind === "step");
const commands = (events: RunEvent[]) =>
  steps(events).flatMap(({ items }) => items.filter((item): item is CommandItem => item.kind === "command"));

describe("the timeline of a run", () => {
  test("nothing happened yet", () => {
    expect(timelineOf([])).toBe(EMPTY);
    expect(countsOf(EMPTY)).toEqual({ steps: 0, events: 0, commands: 0, milliseconds: 0 });
  });

  test("what happens in a step stands in that step, and a step ends with its outcome", () => {
    const [first, second] = steps(
      story(begin(), step(1), note("one"), done(1), step(2), note("two"), done(2, "failed")),
    );
    expect(first).toMatchObject({ title: "Step 1", outcome: "done", detail: "as planned", phase: "agent" });
    expect(first?.items).toMatchObject([{ kind: "note", body: { text: "one" } }]);
    expect(second).toMatchObject({ outcome: "failed", finishedAt: new Date(START + 7000).toISOString() });
  });

  test("a command collects its output, its end and its tests, also from a later step", () => {
    const [command] = commands(
      story(
        begin(),
        step(1),
        run(1),
        print(1, "FAIL "),
        done(1),
        step(2),
        print(1, "a.test.ts\n"),
        exit(1, 1),
        tests(1),
      ),
    );
    expect(command).toMatchObject({
      output: "FAIL a.test.ts\n",
      finished: { exit: 1, ended: "itself", milliseconds: 14_200, dropped: 7 },
      tests: { passed: 22, failed: 1, failing: ["a.test.ts › adds"] },
    });
  });

  test("two attempts may count their steps and commands alike without mixing", () => {
    const events = story(
      1,
      begin(),
      step(1),
      run(1),
      print(1, "first"),
      end("lease lost"),
      2,
      begin(),
      step(1),
      run(1),
      print(1, "second"),
    );
    expect(commands(events).map(({ output }) => output)).toEqual(["first", "second"]);
    expect(steps(events).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, "interrupted"],
      [2, "working"],
    ]);
  });

  test("an attempt that begins while another was open interrupts it", () => {
    expect(steps(story(1, begin(), step(1), 2, begin()))[0]?.outcome).toBe("interrupted");
  });

  test("an attempt says how it ended", () => {
    expect(timelineOf(story(begin(), end("lease lost"))).attempts).toMatchObject([
      { attempt: 1, runner: "rn-03", tier: "strong", endReason: "lease lost" },
    ]);
  });

  test("what comes before any step opens one without a number, which is never interrupted", () => {
    const [before] = steps(story(begin("verify"), run(1), end("finished")));
    expect(before).toMatchObject({
      step: 0,
      phase: "verify",
      title: "Before the first step",
      outcome: "done",
    });
  });

  test("the control plane's own events are marks between the steps", () => {
    const timeline = timelineOf(
      story(
        status("queued", "preparing"),
        begin(),
        step(1),
        done(1),
        status("working", "failed", "no report"),
      ),
    );
    expect(timeline.entries.map((entry) => (entry.kind === "mark" ? entry.what : entry.kind))).toEqual([
      "status_changed",
      "attempt_started",
      "step",
      "status_changed",
    ]);
    expect(timeline).toMatchObject({ status: "failed", statusReason: "no report" });
  });

  test("probe: output, an end and a report of a command nobody started change nothing but the number", () => {
    const timeline = timelineOf(story(begin(), step(1), print(9, "x"), exit(9, 0), tests(9), done(8)));
    expect(timeline.seq).toBe(6);
    expect(countsOf(timeline).commands).toBe(0);
  });

  test("probe: endless output keeps its end and says how much is cut", () => {
    const chunk = "x".repeat(16_000);
    const [command] = commands(
      story(step(1), run(1), ...Array.from({ length: 20 }, () => print(1, chunk)), print(1, "the end")),
    );
    expect(command?.output.length).toBe(OUTPUT_CHARACTERS);
    expect(command?.output.endsWith("the end")).toBe(true);
    expect(command?.cut).toBe(20 * 16_000 + 7 - OUTPUT_CHARACTERS);
  });

  test("counts are of the whole run", () => {
    expect(countsOf(timelineOf(story(begin(), step(1), run(1), exit(1, 0), done(1))))).toEqual({
      steps: 1,
      events: 5,
      commands: 1,
      milliseconds: 4000,
    });
  });
});

describe("numbers", () => {
  const events = story(
    begin(),
    step(1),
    run(1),
    print(1, "a"),
    print(1, "b"),
    exit(1, 0),
    done(1),
    note("after"),
  );

  test("an event is next, known or leaves a gap", () => {
    expect([
      placeOf(3, { seq: 4 }),
      placeOf(3, { seq: 3 }),
      placeOf(3, { seq: 1 }),
      placeOf(3, { seq: 5 }),
    ]).toEqual(["next", "known", "known", "gap"]);
  });

  test("a gap is refused", () => {
    expect(() => timelineOf(events.slice(1))).toThrow("Event 2 does not follow 0.");
  });

  test("however often and late a known event comes again, the timeline is the same", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: events.length - 1 })),
        fc.nat({ max: events.length }),
        (repeats, cut) => {
          let timeline = timelineOf(events.slice(0, cut));
          for (const index of repeats) {
            const event = events[index];
            if (event && event.seq <= timeline.seq) timeline = withEvent(timeline, event);
          }
          timeline = events.slice(cut).reduce(withEvent, timeline);
          expect(timeline).toEqual(timelineOf(events));
        },
      ),
    );
  });

  test("taking an event in leaves the timeline before it untouched", () => {
    const before = timelineOf(events.slice(0, 4));
    const copy = structuredClone(before);
    events.slice(4).reduce(withEvent, before);
    expect(before).toEqual(copy);
  });
});

describe("the plan", () => {
  test("names the steps of the last attempt of each phase", () => {
    const events = story(
      1,
      begin(),
      step(1, "lost"),
      2,
      begin(),
      step(1, "reproduce"),
      done(1),
      3,
      begin("verify"),
      step(1, "base on base"),
    );
    expect(planOf(timelineOf(events)).map(({ title }) => title)).toEqual(["reproduce", "base on base"]);
  });
});

describe("the filter", () => {
  const timeline = timelineOf(
    story(begin(), step(1), run(1), note("n"), done(1), step(2), file("src/a.ts"), done(2)),
  );

  test("keeps steps that hold what was asked for, and only that", () => {
    const kinds = (filter: "commands" | "findings" | "files") =>
      filtered(timeline, filter).map((entry) =>
        entry.kind === "step" ? [entry.step, ...entry.items.map(({ kind }) => kind)] : [],
      );
    expect(kinds("commands")).toEqual([[1, "command"]]);
    expect(kinds("findings")).toEqual([[1, "note"]]);
    expect(kinds("files")).toEqual([[2, "file_changed"]]);
  });

  test("all is all", () => {
    expect(filtered(timeline, "all")).toBe(timeline.entries);
  });
});
