// The loop where a limit of the charter ends its work: what there is is handed in. Real sandbox, scripted model.
import { describe, expect, test } from "vitest";
import { refusalSentence } from "#lib/budgets/rules.ts";
import type { BudgetState } from "#lib/budgets/schema.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { NEVER_ASKS } from "#lib/protocol/steering.ts";
import { done, loopScene, shell } from "#lib/testing/agents/loop-scene.ts";
import type { ScriptedTurn } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";

const { play } = loopScene();

describe("a budget that is used up in the middle of the work", () => {
  const sentence = refusalSentence(
    { name: "run", limitMicros: 100, spentMicros: 90, reservedMicros: 0 } satisfies BudgetState,
    20,
  );
  const refusal: ScriptedTurn = { status: 400, body: { error: { message: sentence } } };

  test("hands in what there is, and says that it is unfinished", async () => {
    const run = await play([shell("touch half"), refusal]);
    expect(run.result).toMatchObject({
      outcome: "patch",
      summary: { text: /^The work was ended by its budget, unfinished: / },
    });
    expect(ofKind(run.events, "turn_ended")).toMatchObject([{ status: "failed", error: sentence }]);
  });

  test("is a failure where nothing was changed", async () => {
    const run = await play([shell("echo x"), refusal]);
    expect(run.result).toEqual({ outcome: "failed", reason: sentence });
  });
});

describe("the time of a run that is nearly over", () => {
  const leave = (kind: NewEvent["kind"]) => {
    const time = new AbortController();
    const onEvent = (event: NewEvent) => {
      if (event.kind === kind) time.abort();
    };
    return { nearlyOver: time.signal, onEvent };
  };

  test("interrupts the turn and hands in the tree as it is, said to be unfinished", async () => {
    const script = [
      {
        items: [{ say: "I begin." }, { call: "shell", args: { command: "touch half; echo up; sleep 300" } }],
      },
    ] as ScriptedTurn[];
    const run = await play(script, leave("command_output"));
    expect(run.result).toMatchObject({
      outcome: "patch",
      summary: {
        text: /^The work was ended by its time, unfinished: .* The time the charter gives a run is used up\./,
      },
    });
    expect(ofKind(run.events, "turn_ended")).toMatchObject([{ status: "interrupted" }]);
    expect(ofKind(run.events, "file_changed").map(({ path }) => path)).toEqual(["half"]);
    expect(ofKind(run.events, "note")).toEqual([
      { text: "The time the charter gives a run is used up. What there is is handed in." },
    ]);
    expect(run.requests).toHaveLength(1);
  });

  test("is a failure where nothing was changed; what the agent asks meanwhile is expired", async () => {
    const run = await play([shell("touch new"), done], {
      changes: { asks: { ...NEVER_ASKS, mode: "unlisted" } },
      ...leave("ask_opened"),
    });
    expect(run.result).toEqual({ outcome: "failed", reason: "The time the charter gives a run is used up." });
    expect(ofKind(run.events, "ask_settled")).toEqual([{ ask: 1, decision: "expired", by: "unattended" }]);
  });
});
