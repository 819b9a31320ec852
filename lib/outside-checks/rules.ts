import { z } from "zod";
import { badInput, messageOf } from "../errors.ts";
import type { Charter } from "../pilots/schema.ts";
import { readReport } from "../test-reports/junit.ts";
import { idsOf } from "../test-reports/report.ts";
import type { BoundCheck, CheckVerdict, ReadReport, Reported } from "./schema.ts";

/** Those of the charter the run was launched under and those of the one in force: a later one that asks for more is obeyed. */
export const requiredChecks = (charter: Charter, inForce: Charter = charter): string[] =>
  [...new Set([...charter.controls.requiredChecks, ...inForce.controls.requiredChecks])].sort();

/**
 * What a decision on a merge is bound to: every required check, and every other one that did not pass. That one more passed
 * which nobody asked for changes no decision.
 */
export function boundChecks(required: readonly string[], newestOfEach: readonly Reported[]): BoundCheck[] {
  const newest = new Map(newestOfEach.map((report) => [report.source, report]));
  const sources = [...new Set([...required, ...newest.keys()])].sort();
  return sources.flatMap((source): BoundCheck[] => {
    const report = newest.get(source);
    const isRequired = required.includes(source);
    if (!isRequired && report?.verdict === "passed") return [];
    return [
      {
        ...{ source, required: isRequired, verdict: report?.verdict ?? "missing" },
        ...{ report: report?.commitment ?? null, reportedBy: report?.reportedBy ?? null },
      },
    ];
  });
}

const WHY = {
  missing: "has not been reported for this patch",
  failed: "failed",
  incomplete: "did not end",
} as const;

/** Why a merge that is bound to these cannot be approved yet; null where every required check passed. */
export function whyUnchecked(
  bound: readonly Pick<BoundCheck, "source" | "required" | "verdict">[],
): string | null {
  const open = bound.flatMap(({ source, required, verdict }) =>
    required && verdict !== "passed" ? [`“${source}” ${WHY[verdict]}`] : [],
  );
  if (open.length === 0) return null;
  return `The charter requires checks from outside, and of those ${open.join(", ")}. The decision waits until each says passed of exactly this patch.`;
}

const Bound = z.looseObject({
  decides: z.string(),
  /** Left out where no check is required and none failed. */
  outside: z
    .array(
      z.looseObject({
        source: z.string(),
        required: z.boolean(),
        verdict: z.enum(["passed", "failed", "incomplete", "missing"]),
      }),
    )
    .default([]),
});

/** The same of a decision document; past the gate nothing is waited for. */
export function whyUncheckedIn(document: string): string | null {
  const { success, data } = Bound.safeParse(parsedJson(document));
  if (!success) return "The decision document cannot be read, so nobody knows what it waits for.";
  return data.decides === "merge" ? whyUnchecked(data.outside) : null;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const MOST_NAMES = 200;

/** Throws where the text is no report, or says something else than the verdict beside it. */
export function readJunit(
  text: string,
  verdict: CheckVerdict,
  sha256: (bytes: Uint8Array) => string,
): ReadReport {
  const bytes = new TextEncoder().encode(text);
  const report = parsed(bytes);
  const failing = idsOf(report, "failed");
  const passed = idsOf(report, "passed").length;
  if (verdict === "passed" && failing.length > 0)
    throw wrong(`It says passed, and its report names ${failing.length} failed tests.`);
  if (verdict === "passed" && passed === 0) throw wrong("It says passed, and no test of its report did.");
  return {
    ...{ sha256: sha256(bytes), passed, failed: failing.length },
    ...{ skipped: idsOf(report, "skipped").length, failing: failing.slice(0, MOST_NAMES) },
  };
}

const wrong = (sentence: string) => badInput(sentence, { junit: [sentence] });

function parsed(bytes: Uint8Array) {
  try {
    return readReport(bytes, "/");
  } catch (error) {
    throw wrong(messageOf(error));
  }
}
