// What an agent is told first. Everything in it can be read on the run page, word for word.
import type { ArtefactPlan } from "#lib/protocol/artefacts.ts";
import type { DriverContext } from "../port.ts";

type Task = Pick<
  DriverContext["assignment"],
  "title" | "task" | "goal" | "allowedPaths" | "test" | "artefacts"
>;

export interface BaseResult {
  readonly passed: number;
  readonly failing: readonly string[];
}

const SHOWN = 50;

/** `base` is null where its tests were not run. */
export function firstPrompt(assignment: Task, base: BaseResult | null): string {
  const { title, task, goal, allowedPaths, test, artefacts } = assignment;
  const failing = base?.failing.slice(0, SHOWN).map((id) => `- ${id}`) ?? [];
  const more = (base?.failing.length ?? 0) - failing.length;
  const parts = [
    `# Task\n${task.trim() || title}`,
    goal.trim() === "" ? "" : `# Goal of the pilot\n${goal.trim()}`,
    [
      "# Tests",
      `The tests are run with: ${test.argv.join(" ")}`,
      ...(base === null ? [] : [baseText(base)]),
      ...failing,
      ...(more > 0 ? [`- and ${more} more`] : []),
    ].join("\n"),
    [
      "# Rules",
      "- The checkout is the working directory. There is no network; install nothing.",
      ...(allowedPaths.length === 0 ? [] : [`- Change files only at: ${allowedPaths.join(", ")}`]),
      ...(artefacts ? [artefactsText(artefacts)] : []),
      "- Do not weaken, skip or delete tests. The tests are put back to the base's when the work is checked.",
      "- Leave the work in the checkout; committing is not needed.",
      "- Run the tests after your last change. Close with a short summary that says only what you have seen.",
    ].join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

const artefactsText = ({ paths, count, bytes }: ArtefactPlan): string =>
  `- Files you leave at ${paths.join(", ")} are handed in beside the patch and are no part of it: at most ${count}, ${bytes} bytes together.`;

const baseText = ({ passed, failing }: BaseResult): string =>
  failing.length === 0
    ? `On the unchanged checkout all ${passed} tests pass.`
    : `On the unchanged checkout ${passed} tests pass and ${failing.length} fail:`;
