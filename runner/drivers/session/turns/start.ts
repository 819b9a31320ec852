// What a program is begun with: nothing, or what an earlier one left, here or on another runner.
import type { AgentAssignment } from "#lib/protocol/schema.ts";
import { type BaseResult, firstPrompt } from "../prompt.ts";
import type { Prompt } from "./turn.ts";
import { inheritedText, restartedText, resumedText, reviewedAnewText, reviewedText } from "./words.ts";

export interface Start {
  /** Host file of a snapshot. */
  readonly restore: string | null;
  /** Name of the session to take up; null to begin one. */
  readonly native: string | null;
  /** What is said where it could be taken up. */
  readonly goOn: Prompt | null;
  /** Words that an earlier program was given and may not have read. */
  readonly unread: readonly Prompt[];
}

type Shown = Omit<AgentAssignment, "model">;

const answer = (text: string): Prompt => ({ origin: "answer", text });

export function firstStart({ resume, decided, task, title, review }: Shown, file: string | null): Start {
  const unread = review === null ? [] : [answer(reviewedAnewText)];
  if (resume === null || file === null) return { restore: null, native: null, goOn: null, unread };
  const told = task.trim() || title;
  const goOn = answer(review === null ? resumedText(resume, decided, told) : reviewedText(told));
  return { restore: file, native: resume.native, goOn, unread: [] };
}

/** After the program ended; `kept` is the newest snapshot, if any. */
export function startAgain(
  kept: { readonly file: string; readonly native: string } | null,
  reason: string,
  unread: readonly Prompt[],
): Start {
  if (kept === null) return { restore: null, native: null, goOn: null, unread };
  return { restore: kept.file, native: kept.native, goOn: answer(restartedText(reason)), unread };
}

export interface Begun {
  /** The name it was given by its program. */
  readonly native: string;
  readonly isRestored: boolean;
}

/** The first words to it. */
export function openingPrompts(
  start: Start,
  begun: Begun,
  assignment: Shown,
  base: BaseResult | null,
): Prompt[] {
  const isTakenUp = begun.isRestored && start.goOn !== null && begun.native === start.native;
  if (isTakenUp && start.goOn !== null) return [start.goOn, ...start.unread];
  const first: Prompt = { origin: "goal", text: firstPrompt(assignment, base) };
  return [first, ...(begun.isRestored ? [answer(inheritedText)] : []), ...start.unread];
}
