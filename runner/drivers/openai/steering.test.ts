// The loop at work while people talk to it: steered, interrupted, asked, left and taken up again. Real sandbox, scripted model.
import { describe, expect, test } from "vitest";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { AskPolicy } from "#lib/protocol/steering.ts";
import {
  type AgentRun,
  type AgentRunChoices,
  createTestInbox,
  type TestInbox,
} from "#lib/testing/agents/agent-run.ts";
import { done, loopScene, shell } from "#lib/testing/agents/loop-scene.ts";
import type { ScriptedTurn } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { fastClock } from "#lib/testing/runner/parts.ts";

const { base, play } = loopScene();
const inputOf = (run: AgentRun, call: number) =>
  JSON.stringify(JSON.parse(String(run.requests[call]?.body)).input);
const kinds = (run: AgentRun) => run.events.map(({ kind }) => kind);

/** Does it once, at the first event of the kind. */
function once<K extends NewEvent["kind"]>(kind: K, then: () => void) {
  let isDone = false;
  return (event: NewEvent) => {
    if (isDone || event.kind !== kind) return;
    isDone = true;
    then();
  };
}

const say = (inbox: TestInbox, mode: "now" | "queue" | "interrupt", text: string, message = "msg_1") =>
  inbox.push({ kind: "message", message, mode, origin: "steer", text });

describe("a message", () => {
  test("for now is read between a tool and the next answer, and said to be delivered then", async () => {
    const inbox = createTestInbox();
    const onEvent = once("command_output", () => say(inbox, "now", "Mind the gap."));
    const run = await play([shell("echo hello; sleep 1"), done], { inbox, onEvent });
    expect(run.result.outcome).toBe("no_change");
    expect(inputOf(run, 0)).not.toContain("Mind the gap.");
    expect(inputOf(run, 1)).toContain("Mind the gap.");
    expect(ofKind(run.events, "message_delivered")).toEqual([{ message: "msg_1", effect: "tool_boundary" }]);
    expect(ofKind(run.events, "prompt_sent").map(({ turn, origin }) => [turn, origin])).toEqual([
      [1, "goal"],
      [1, "steer"],
    ]);
    expect(ofKind(run.events, "turn_ended")).toHaveLength(1);
  });

  test("that is queued begins the next turn, with the goal where it is one", async () => {
    const inbox = createTestInbox();
    const onEvent = once("command_output", () => {
      inbox.push({ kind: "message", message: "msg_1", mode: "queue", origin: "goal", text: "Write docs." });
      say(inbox, "queue", "In English.", "msg_2");
    });
    const run = await play([shell("echo hello; sleep 1"), done, done], { inbox, onEvent });
    expect(inputOf(run, 1)).not.toContain("Write docs.");
    expect(inputOf(run, 2)).toContain(
      "The task has changed. From now on it is:\\n\\nWrite docs.\\n\\nIn English.",
    );
    expect(
      ofKind(run.events, "prompt_sent")
        .slice(1)
        .map(({ turn, origin }) => [turn, origin]),
    ).toEqual([
      [2, "goal"],
      [2, "steer"],
    ]);
    expect(ofKind(run.events, "message_delivered").map(({ effect }) => effect)).toEqual([
      "after_turn",
      "after_turn",
    ]);
  });

  test("that interrupts ends the turn and the command under way, and begins the next one", async () => {
    const inbox = createTestInbox();
    const onEvent = once("command_output", () => say(inbox, "interrupt", "Stop that."));
    const run = await play([shell("echo hello; sleep 600"), done], { inbox, onEvent });
    expect(run.result.outcome).toBe("no_change");
    expect(ofKind(run.events, "turn_ended").map(({ status }) => status)).toEqual([
      "interrupted",
      "completed",
    ]);
    expect(ofKind(run.events, "command_finished").at(-1)).toMatchObject({ exit: null, ended: "cancelled" });
    expect(ofKind(run.events, "message_delivered")).toEqual([{ message: "msg_1", effect: "preempt" }]);
    expect(inputOf(run, 1)).toContain("Broken off: the turn was interrupted.");
    expect(run.milliseconds).toBeLessThan(30_000);
  });

  test("that interrupts cuts what the model is saying too", async () => {
    const inbox = createTestInbox();
    const onEvent = once("item_delta", () => say(inbox, "interrupt", "Stop that."));
    const run = await play([{ items: [{ say: "I begin with a long story" }], hang: true }, done], {
      inbox,
      onEvent,
    });
    expect(ofKind(run.events, "turn_ended").map(({ status }) => status)).toEqual([
      "interrupted",
      "completed",
    ]);
    expect(inputOf(run, 1)).toContain("Stop that.");
  });

  test("that comes when the work is done is undeliverable", async () => {
    const inbox = createTestInbox();
    const onEvent = (event: NewEvent) => {
      if (event.kind === "step_started" && event.body.title === "Propose the patch")
        say(inbox, "now", "Too late.");
    };
    const run = await play([done], { inbox, onEvent });
    expect(run.result.outcome).toBe("no_change");
    expect(kinds(run)).not.toContain("message_delivered");
  });
});

const POLICY: AskPolicy = {
  mode: "unlisted",
  allowed: ["mkdir *"],
  denied: ["rm"],
  unattended: "deny_and_continue",
  minutes: 30,
};
const asked = (changes: Partial<AskPolicy> = {}) => ({ asks: { ...POLICY, ...changes } });

describe("a command of an agent whose charter wants to be asked", () => {
  test("is quiet where it reads, allowed or declined by the charter, and asked of people else", async () => {
    const inbox = createTestInbox();
    const onEvent = once("ask_opened", () =>
      inbox.push({ kind: "answer", ask: 3, decision: "allowed", reason: "" }),
    );
    const script = [
      shell("cat src/sum.js"),
      shell("mkdir d"),
      shell("rm src/sum.js"),
      shell("touch new"),
      done,
    ];
    const run = await play(script, { inbox, onEvent, changes: asked() });
    expect(ofKind(run.events, "ask_settled")).toMatchObject([
      { ask: 1, decision: "allowed", by: "policy", rule: "mkdir *" },
      { ask: 2, decision: "declined", by: "policy", rule: "rm" },
      { ask: 3, decision: "allowed", by: "person" },
    ]);
    const [opened] = ofKind(run.events, "ask_opened");
    expect(opened).toMatchObject({
      ask: 3,
      what: "command",
      text: "touch new",
      title: "touch new",
      cwd: "/work/tree",
    });
    const commands = ofKind(run.events, "item_opened").filter(({ type }) => type === "command");
    expect(opened?.item).toBe(commands[3]?.item);
    const closed = ofKind(run.events, "item_closed").filter(({ item }) =>
      commands.some((each) => each.item === item),
    );
    expect(closed.map(({ status }) => status)).toEqual(["completed", "completed", "declined", "completed"]);
    expect(inputOf(run, 3)).toContain("Declined, not run: The charter declines it: rm");
    expect(run.result.outcome).toBe("patch");
  });

  test("is declined with the person's reason, and not run", async () => {
    const inbox = createTestInbox();
    const onEvent = once("ask_opened", () =>
      inbox.push({ kind: "answer", ask: 1, decision: "declined", reason: "Not in this house." }),
    );
    const run = await play([shell("touch new"), done], { inbox, onEvent, changes: asked() });
    expect(run.result.outcome).toBe("no_change");
    expect(inputOf(run, 1)).toContain("Declined, not run: Not in this house.");
  });

  test("that nobody answers is declined after the charter's minutes, and the agent goes on", async () => {
    const clock = fastClock(1000);
    const run = await play([shell("touch new"), done], { clock, changes: asked({ minutes: 10 }) });
    expect(ofKind(run.events, "ask_settled")).toEqual([{ ask: 1, decision: "declined", by: "unattended" }]);
    expect(inputOf(run, 1)).toContain("Nobody answered within 10 minutes.");
  });

  test("is expired when a message ends the turn that asks", async () => {
    const inbox = createTestInbox();
    const onEvent = once("ask_opened", () => say(inbox, "interrupt", "Leave it."));
    const run = await play([shell("touch new"), done], { inbox, onEvent, changes: asked() });
    expect(ofKind(run.events, "ask_settled")).toEqual([{ ask: 1, decision: "expired", by: "person" }]);
    expect(run.result.outcome).toBe("no_change");
  });
});

/** What the plane would give the next attempt. */
function resumeOf(run: AgentRun): Pick<AgentRunChoices, "changes" | "resumed"> {
  const [last] = ofKind(run.events, "snapshot_taken").toReversed();
  const bytes = run.snapshots.get(last?.blob ?? "");
  if (last === undefined || bytes === undefined) throw new Error("There is no snapshot.");
  const { native, driver, turn, tree } = last;
  const resume = { native, driver, turn, tree, sha256: "0".repeat(64), bytes: bytes.length };
  return { resumed: bytes, changes: { resume, attempt: 2 } };
}

describe("a run that is left", () => {
  test("by a pause is kept, and goes on in another sandbox with its tree and its history", async () => {
    const inbox = createTestInbox();
    const onEvent = once("command_output", () =>
      inbox.push({ kind: "pause", why: "pause", reason: "Lunch." }),
    );
    const first = await play([shell("echo half >work.txt; echo hello; sleep 600")], { inbox, onEvent });
    expect(first.result).toEqual({ outcome: "parked", why: "pause" });
    expect(ofKind(first.events, "turn_ended")).toMatchObject([{ status: "interrupted" }]);
    expect(ofKind(first.events, "snapshot_taken")).toMatchObject([
      { driver: "openai", turn: 1, why: "pause" },
    ]);

    const again = await play([shell("cat work.txt"), done], resumeOf(first));
    expect(again.result.outcome).toBe("patch");
    expect(inputOf(again, 0)).toContain("echo half >work.txt");
    expect(inputOf(again, 0)).toContain("You were stopped from outside");
    expect(inputOf(again, 1)).toContain("exit code 0\\nhalf");
    const bound = [first, again].map((run) => ofKind(run.events, "session_bound")[0]?.native);
    expect(bound[0]).toBe(bound[1]);
    expect(ofKind(again.events, "prompt_sent")).toMatchObject([{ turn: 1, origin: "answer" }]);
    expect(kinds(again).filter((kind) => kind === "command_started")).toHaveLength(1);
  });

  test("because nobody answered goes on with the decision that was taken meanwhile, which answers one ask", async () => {
    const policy = asked({ unattended: "park", minutes: 10 });
    const first = await play([shell("touch new")], { clock: fastClock(1000), changes: policy });
    expect(first.result).toEqual({ outcome: "parked", why: "ask" });
    expect(ofKind(first.events, "ask_settled")).toEqual([]);
    const [opened] = ofKind(first.events, "ask_opened");
    const decided = [{ digest: opened?.digest ?? "", decision: "allowed" as const, reason: "" }];
    const { resumed, changes } = resumeOf(first);
    const inbox = createTestInbox();
    let asks = 0;
    const onEvent = (event: NewEvent) => {
      if (event.kind !== "ask_opened") return;
      asks += 1;
      if (asks === 2) inbox.push({ kind: "answer", ask: 2, decision: "declined", reason: "Once is enough." });
    };
    const script = [shell("touch new"), shell("touch new"), done];
    const again = await play(script, {
      ...{ inbox, onEvent, resumed },
      changes: { ...policy, ...changes, decided },
    });
    expect(ofKind(again.events, "ask_settled").map(({ decision }) => decision)).toEqual([
      "allowed",
      "declined",
    ]);
    expect(inputOf(again, 0)).toContain("What you had asked for was decided meanwhile: 1 allowed");
    expect(again.result.outcome).toBe("patch");
  });

  test("whose snapshot is none begins anew and says so", async () => {
    const resume = {
      native: "loop-x",
      driver: "openai",
      turn: 3,
      tree: base(),
      sha256: "0".repeat(64),
      bytes: 5,
    };
    const run = await play([done], { resumed: Buffer.from("hello"), changes: { resume } });
    expect(run.result.outcome).toBe("no_change");
    expect(ofKind(run.events, "step_finished")).toMatchObject([
      { detail: /^The snapshot could not be restored: / },
      {},
    ]);
    expect(inputOf(run, 0)).toContain("# Task");
  });
});

describe("a program that is killed", () => {
  test("is started again with the tree as it was and goes on in its history", async () => {
    const KILL = "echo half >work.txt; kill -9 $PPID; sleep 60";
    const run = await play([shell("echo first"), shell(KILL), shell("cat work.txt"), done]);
    expect(run.result.outcome).toBe("patch");
    expect(inputOf(run, 2)).toContain(
      "Your program ended in the middle of the last turn and was started again.",
    );
    expect(inputOf(run, 2)).toContain("This was broken off: the session ended before it had a result.");
    expect(inputOf(run, 3)).toContain("exit code 0\\nhalf");
    expect(ofKind(run.events, "turn_ended").map(({ turn, status }) => [turn, status])).toEqual([
      [1, "failed"],
      [2, "completed"],
    ]);
    expect(ofKind(run.events, "snapshot_taken").length).toBeGreaterThanOrEqual(2);
  });

  test("again and again is given up with what it said", async () => {
    const run = await play([shell("kill -9 $PPID; sleep 60")]);
    expect(run.result).toMatchObject({
      outcome: "failed",
      reason: /^The agent ended without a word \(SIGKILL\)/,
    });
    expect(ofKind(run.events, "session_bound")).toHaveLength(4);
  });
});

describe("the way to the model", () => {
  test("that is broken for a while is tried again, and what was said is said once", async () => {
    const broken: ScriptedTurn = { status: 502, body: { error: { message: "The provider is away." } } };
    const script = [shell("echo x"), ...Array.from({ length: 3 }, () => broken), done];
    const run = await play(script, { clock: fastClock(100) });
    expect(run.result.outcome).toBe("no_change");
    expect(ofKind(run.events, "turn_ended")).toMatchObject([
      { status: "failed", error: "The provider is away." },
      { status: "completed" },
    ]);
    const last = inputOf(run, run.requests.length - 1);
    expect(last).toContain("the way to the model was broken: The provider is away.");
    expect(last.match(/# Task/g)).toHaveLength(1);
  });
});

describe("a long history", () => {
  test("is summed up by the model, visibly, and people's words stay", async () => {
    const summary: ScriptedTurn = { items: [{ say: "I looked at sum.js and it is fine." }] };
    const script = [shell("seq 1 3000"), summary, done];
    const run = await play(script, { historyTokens: 3000, task: "Look at the sum." });
    expect(run.result.outcome).toBe("no_change");
    const [, compaction] = ofKind(run.events, "item_opened");
    expect(compaction).toMatchObject({ type: "compaction" });
    const asked = JSON.parse(String(run.requests[1]?.body));
    expect(asked.tools).toBeUndefined();
    const left = inputOf(run, 2);
    expect(left).toContain("Look at the sum.");
    expect(left).toContain("as you summed it up yourself:\\n\\nI looked at sum.js");
    expect(left).not.toContain("2999");
  });
});
