// What stands under “Comes next”.
import { expect, test } from "vitest";
import { defaultCharter } from "#lib/pilots/defaults.ts";
import { comingOf, type DatedPilot } from "./coming.ts";

const NOW = Date.parse("2026-11-24T08:00:00Z");

function pilotUntil(endsOn: string): DatedPilot {
  const charter = defaultCharter("repo_1", "main", endsOn);
  return {
    pilot: {
      ...{ id: "pil_1", name: "Nightly triage", timeZone: "Europe/Berlin", baselineUntil: null },
      charter: { charter } as DatedPilot["pilot"]["charter"],
    },
    review: null,
  };
}
const texts = (endsOn: string) => comingOf({ now: NOW }, [], [pilotUntil(endsOn)]).map(({ text }) => text);

test.each(["2026-11-24", "2026-11-30"])("a pilot that ends on %s is told to end", (endsOn) => {
  expect(texts(endsOn)).toEqual(["Nightly triage ends"]);
});

test.each(["2026-11-23", "2026-09-10", "2026-12-30"])("one whose last day is %s is not", (endsOn) => {
  expect(texts(endsOn)).toEqual([]);
});

test("runs that wait for a runner come first", () => {
  const coming = comingOf({ now: NOW }, [{ status: "queued" }], [pilotUntil("2026-11-25")]);
  expect(coming.map(({ text }) => text)).toEqual(["1 run waits for a runner", "Nightly triage ends"]);
});
