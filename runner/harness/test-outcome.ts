// What one execution of the test command says. A verdict is taken only when the report and the exit code agree
// and nothing else came out of the sandbox; everything else is a problem in a sentence.
import { createHash } from "node:crypto";
import { AppError } from "#lib/errors.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { REPORT_BYTES, readReport } from "#lib/test-reports/junit.ts";
import { idsOf, type Report } from "#lib/test-reports/report.ts";
import { visibleText } from "#lib/text/rules.ts";
import type { Execution } from "./execute.ts";
import { type Frame, readFrames } from "./frames.ts";
import { TREE_ROOT } from "./git/trees.ts";

/** Why a revert could not be made. */
export interface RevertRefusal {
  readonly kind: "conflict" | "empty";
  readonly files: readonly string[];
  /** "abc1234 Subject" of the newest later commit that touched those files; empty when there is none. */
  readonly later: string;
}

export interface TestOutcome {
  /** Id of the tree the tests ran on. */
  readonly tree: string | null;
  readonly report: Report | null;
  readonly reportSha256: string | null;
  /** Why there is no usable report; null when there is one. */
  readonly problem: string | null;
  readonly refusal: RevertRefusal | null;
}

const PROBLEM_LENGTH = 2000;
const nothing = { tree: null, report: null, reportSha256: null, refusal: null };

export function testOutcome(execution: Execution, reportPath: string, limits: Limits): TestOutcome {
  const { exit, isResultCut } = execution;
  const problem = (sentence: string) => ({
    ...nothing,
    problem: sentence.slice(0, PROBLEM_LENGTH).toWellFormed(),
  });
  if (exit.ended === "time") return problem(`The tests did not finish within ${limits.seconds} seconds.`);
  if (exit.ended === "memory") return problem("The tests needed more memory than the sandbox has.");
  if (exit.ended === "cancelled") return problem("The tests were stopped.");
  if (isResultCut) return problem("More came out of the sandbox than a report can be.");

  const frames = readFrames(execution.result);
  if (frames === null || frames.length === 0)
    return problem(`The sandbox gave no readable answer. ${said(execution)}`);
  const [first, second, ...more] = frames as [Frame, ...Frame[]];
  if (first.name === "conflict" || first.name === "empty") return refused(first, second);
  if (first.name === "broken") return problem(`The tree could not be made: ${line(first.bytes)}`);
  if (first.name !== "tree" || !second || more.length > 0 || second.number !== exit.code) {
    return problem("Something in the sandbox wrote into the harness's own channel; the result is not taken.");
  }
  const judged = judge(second, execution, reportPath);
  return {
    ...judged,
    problem: judged.problem?.slice(0, PROBLEM_LENGTH).toWellFormed() ?? null,
    tree: line(first.bytes),
    refusal: null,
  };
}

function judge(
  frame: Frame,
  execution: Execution,
  reportPath: string,
): Omit<TestOutcome, "tree" | "refusal"> {
  const without = (problem: string) => ({ report: null, reportSha256: null, problem });
  const code = execution.exit.code;
  switch (frame.name) {
    case "missing":
      if (code === 127 || code === 126)
        return without(`The test command could not be run (exit ${code}). ${said(execution)}`);
      return without(`The test command left no report at ${reportPath} (exit ${code}). ${said(execution)}`);
    case "irregular":
      return without(`The test command left something at ${reportPath} that is no regular file.`);
    case "oversized":
      return without(`The test command left a report larger than ${REPORT_BYTES / 1024 / 1024} MB.`);
    case "report":
      return read(frame.bytes, code);
    default:
      return without(
        "Something in the sandbox wrote into the harness's own channel; the result is not taken.",
      );
  }
}

function read(bytes: Buffer, code: number | null): Omit<TestOutcome, "tree" | "refusal"> {
  const reportSha256 = createHash("sha256").update(bytes).digest("hex");
  try {
    const report = readReport(bytes, TREE_ROOT);
    return { report, reportSha256, problem: disagreement(report, code) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { report: null, reportSha256, problem: error.message };
  }
}

/** A process that ends in success with failed tests, or in failure without one, is not believed. */
function disagreement(report: Report, code: number | null): string | null {
  const failed = idsOf(report, "failed").length;
  if (code === 0 && failed > 0)
    return `The test command ended with exit 0, but its report names ${failed} failed tests.`;
  if (code !== 0 && failed === 0)
    return `The test command ended with exit ${code}, but its report names no failed test.`;
  return null;
}

function refused(first: Frame, second: Frame | undefined): TestOutcome {
  const files = first.name === "conflict" ? line(first.bytes, "block").split("\n") : [];
  const later = second?.name === "later" ? line(second.bytes) : "";
  const refusal: RevertRefusal = { kind: first.name === "conflict" ? "conflict" : "empty", files, later };
  const problem =
    refusal.kind === "conflict"
      ? `The revert conflicts in ${files.join(", ")}.`
      : "The revert changes nothing.";
  return { ...nothing, problem: problem.slice(0, PROBLEM_LENGTH), refusal };
}

const line = (bytes: Buffer, mode: "line" | "block" = "line") =>
  visibleText(bytes.toString("utf8").trim(), mode);

function said({ tail }: Execution): string {
  const text = visibleText(tail.trim());
  return text === "" ? "It said nothing." : `It said: ${text.slice(-1500)}`;
}
