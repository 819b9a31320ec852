// The recipe's account of what it ran, as a file beside the patch: every run of the tests with what failed in it, and what came of
// it. Its checkouts are gone after each command, so this is all it has to hand in.
import type { ArtefactPlan } from "#lib/protocol/artefacts.ts";
import type { BodyOf, NewEvent } from "#lib/protocol/events.ts";
import type { Summary } from "#lib/protocol/schema.ts";
import { handInFiles } from "../hand-in-files.ts";
import type { DriverContext } from "../port.ts";
import type { Step } from "../steps.ts";

export const REPORT_NAME = "recipe-report.json";

/** The first planned path that is a folder by its name, or that is named for such a file; null where none is. */
export function reportPath({ paths }: ArtefactPlan): string | null {
  for (const planned of paths) {
    const last = planned.split("/").at(-1) ?? "";
    if (last.endsWith(".json")) return planned;
    if (!last.includes(".")) return `${planned}/${REPORT_NAME}`;
  }
  return null;
}

export interface Watched {
  readonly context: DriverContext;
  readonly events: readonly NewEvent[];
}

/** The same context; what is told of commands and tests is kept as well. */
export function watchTests(context: DriverContext): Watched {
  const events: NewEvent[] = [];
  const emit = async (event: NewEvent) => {
    if (event.kind === "tests_reported" || event.kind === "command_started") events.push(event);
    await context.emit(event);
  };
  return { context: { ...context, emit }, events };
}

export function reportText(base: string, events: readonly NewEvent[], summary: Summary): string {
  const purposes = new Map<number, string>();
  const runs: (BodyOf<"tests_reported"> & { readonly purpose: string })[] = [];
  for (const { kind, body } of events) {
    if (kind === "command_started") purposes.set(body.command, body.purpose);
    if (kind === "tests_reported") runs.push({ purpose: purposes.get(body.command) ?? "", ...body });
  }
  const { text, repaired, givenUp, flaky } = summary;
  return `${JSON.stringify({ base, text, repaired, givenUp, flaky, runs }, null, 2)}\n`;
}

export async function handInReport(
  { context, events }: Watched,
  step: Step,
  summary: Summary,
): Promise<void> {
  const { artefacts, baseCommit } = context.assignment;
  const path = artefacts ? reportPath(artefacts) : null;
  if (path === null) return;
  const bytes = Buffer.from(reportText(baseCommit, events, summary));
  await step(
    "Hand in the report of test runs",
    () => handInFiles(context, [{ path, bytes }]),
    (taken) => (taken === 1 ? { detail: path } : { outcome: "failed", detail: `${path} was not taken` }),
  );
}
