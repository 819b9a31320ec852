import { SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { NewEvent, RunEvent } from "#lib/protocol/events.ts";
import { placedOf } from "#lib/timeline/placed.ts";
import { Timeline } from "../timeline.tsx";
import { EventLinksProvider } from "./context.tsx";
import { EventWaited } from "./waited.tsx";

const step = (number: number): NewEvent => ({
  kind: "step_started",
  body: { step: number, title: `Step ${number}` },
});
const run: NewEvent = {
  kind: "command_started",
  body: { command: 1, argv: ["node", "--test"], tree: "base", purpose: "" },
};
const print = (text: string): NewEvent => ({
  kind: "command_output",
  body: { command: 1, stream: "stdout", text },
});
const note = (text: string): NewEvent => ({ kind: "note", body: { text } });
const EVENTS = [
  step(1),
  run,
  print("one\n"),
  print("<two>\n"),
  step(2),
  note("b"),
  step(3),
  note("c"),
  step(4),
];

interface Given {
  readonly events?: readonly NewEvent[];
  readonly mayReadLog?: boolean;
  readonly last?: number;
  readonly live?: boolean;
}

function shown(address: string, given: Given = {}): string {
  const { events = EVENTS, mayReadLog = true, live = false } = given;
  const { last = events.length } = given;
  const told = events.map(
    (event, at) =>
      ({
        ...event,
        seq: at + 1,
        attempt: 1,
        at: "2026-11-19T08:00:00.000Z",
        observedBy: "runner",
      }) as RunEvent,
  );
  const placed = placedOf(told);
  return renderToStaticMarkup(
    <SearchParamsContext value={new URLSearchParams(address)}>
      <EventLinksProvider runId="run_1" mayReadLog={mayReadLog} placed={placed}>
        <EventWaited told={told.length} last={last} live={live} />
        <Timeline timeline={placed.timeline} live={live} />
      </EventLinksProvider>
    </SearchParamsContext>,
  );
}

describe("a run's events", () => {
  test("each row links to its event; a step that nobody announced has no event of its own", () => {
    const page = shown("", { events: [note("a"), step(1), note("b")] });
    const links = [...page.matchAll(/href="\/runs\/run_1\?event=(\d+)"[^>]*>#(\d+)</g)].map(([, to, of]) => [
      to,
      of,
    ]);
    expect(links).toEqual([
      ["1", "1"],
      ["2", "2"],
      ["3", "3"],
    ]);
    expect(page).not.toContain("aria-current");
  });

  test("the one in the address is marked in its step, which is open though it is long past", () => {
    expect(shown("")).not.toContain("node --test");
    const page = shown("event=2");
    expect(page).toContain("node --test");
    expect(page).toContain('aria-label="Event 2"');
    expect(page.match(/aria-current="location"/g)).toHaveLength(1);
    expect(page).toContain('href="/log/events/run_1/2"');
    expect(page).toContain("1 of 3 here");
  });

  test("a piece of output is marked in its command with its own text, as text, and leads to its neighbours", () => {
    const page = shown("event=4");
    expect(page).toContain('aria-label="Event 4"');
    expect(page).toMatch(/What the command output says"[^>]*>&lt;two&gt;/);
    expect(page).toContain("3 of 3 here");
    expect(page).toContain('aria-label="The event of this row before, 3"');
    expect(page).not.toContain("The event of this row after");
  });

  test("one that was taken away says so and still leads to its entry", () => {
    const taken: object = { kind: "command_output", body: { ...print("[taken away]").body, redacted: true } };
    const events = [...EVENTS.slice(0, 3), taken as NewEvent];
    const page = shown("event=4", { events });
    expect(page).toContain("Its content was taken away.");
    expect(page).toContain('href="/runs/run_1/payloads"');
    expect(page).toContain('href="/log/events/run_1/4"');
  });

  test("one without a row is shown above all, with its text", () => {
    const page = shown("event=1", { events: [print("lost output"), note("b")] });
    expect(page).toContain("has no row for it");
    expect(page).toContain("lost output");
  });

  test("who may not read the log is not led there", () => {
    expect(shown("event=2", { mayReadLog: false })).not.toContain("/log/events");
  });
});

describe("an event that is not there", () => {
  test("is on its way, has not happened, or does not exist, and each is said", () => {
    expect(shown("event=900", { last: 1000 })).toContain(
      "Event 900 is on its way: 9 of 1,000 events are here.",
    );
    expect(shown("event=900", { live: true })).toContain("has not happened yet; the newest is 9.");
    expect(shown("event=900")).toContain("There is no event 900: this run has 9.");
    expect(shown("event=nonsense")).toBe(shown(""));
  });
});
