import { messageOf } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";

export interface StepEnd {
  readonly outcome?: "done" | "failed" | "skipped";
  readonly detail: string;
}

/** Does `work` as a numbered step. `end` says how it went; an exception ends the step as failed and goes on up. */
export type Step = <T>(title: string, work: () => Promise<T>, end: (result: T) => StepEnd) => Promise<T>;

export function createSteps(emit: (event: NewEvent) => Promise<void>): Step {
  let last = 0;
  return async (title, work, end) => {
    const step = ++last;
    const finish = ({ outcome = "done", detail }: StepEnd) =>
      emit({ kind: "step_finished", body: { step, outcome, detail: detail.slice(0, 2000).toWellFormed() } });
    await emit({ kind: "step_started", body: { step, title: title.slice(0, 300).toWellFormed() } });
    try {
      const result = await work();
      await finish(end(result));
      return result;
    } catch (error) {
      await finish({ outcome: "failed", detail: messageOf(error) });
      throw error;
    }
  };
}
