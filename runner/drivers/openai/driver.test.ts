// The loop in a real sandbox, through the relay, against a scripted model.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NewEvent } from "#lib/protocol/events.ts";
import { type AgentRun, type AgentRunChoices, runAgent } from "#lib/testing/agents/agent-run.ts";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { fastClock } from "#lib/testing/runner/parts.ts";
import { timelineOf } from "#lib/timeline/rules.ts";
import { createOpenai } from "./driver.ts";

const BROKEN = { ...SUM, "src/sum.js": "export const sum = (a, b) => a - b;\n" };
const PATCH = `*** Begin Patch
*** Update File: src/sum.js
@@
-export const sum = (a, b) => a - b;
+export const sum = (a, b) => a + b;
*** End Patch`;
const TEST = "node --test --test-isolation=none";
const FIX: ScriptedTurn[] = [
  {
    items: [
      { think: "Look at the failing test first. " },
      { call: "search", args: { pattern: "sum", path: null } },
    ],
  },
  { items: [{ call: "read", args: { path: "src/sum.js", from_line: null, lines: null } }] },
  { items: [{ say: "It subtracts. " }, { call: "apply_patch", args: { patch: PATCH } }] },
  { items: [{ call: "shell", args: { command: TEST, timeout_seconds: null } }] },
  { items: [{ say: "sum() subtracted. It adds now. All tests pass. The weather is fine." }] },
];

let workshop: TestWorkshop;
let repository: string;
let base: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  const { path, head } = createRepository(workshop.fresh("broken"), BROKEN);
  [repository, base] = [`${path}/.git`, head];
});
afterAll(() => workshop.close());

const openai = () => createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid });
const play = (script: readonly ScriptedTurn[], choices: Partial<AgentRunChoices> = {}): Promise<AgentRun> =>
  runAgent(workshop, { driver: openai(), repository, base, answer: scriptedModel(script), ...choices });

const kinds = (events: readonly NewEvent[]) => events.map(({ kind }) => kind);
const bodyOf = (run: AgentRun, call: number) => JSON.parse(String(run.requests[call]?.body));

/** The timeline as a page would make it of the events; throws where they do not fit together. */
const timeline = (events: readonly NewEvent[]) =>
  timelineOf(
    events.map((event, index) => ({
      ...event,
      seq: index + 1,
      attempt: 1,
      at: new Date(index).toISOString(),
      observedBy: "runner" as const,
    })),
  );

describe("a model that finds the bug", () => {
  let run: AgentRun;
  beforeAll(async () => {
    run = await play(FIX);
  });

  test("has it repaired, as one commit on the base", () => {
    if (run.result.outcome !== "patch") throw new Error(JSON.stringify(run.result));
    const file = workshop.fresh("bundle");
    writeFileSync(file, readFileSync(run.result.bundle));
    playGit(repository, ["fetch", "--quiet", file, "+refs/heads/patch:refs/heads/patch"]);
    expect(playGit(repository, ["diff", "--stat", base, "patch"])).toContain("src/sum.js | 2 +-");
    expect(playGit(repository, ["show", "patch:src/sum.js"])).toBe("export const sum = (a, b) => a + b;");
    expect(ofKind(run.events, "file_changed")).toEqual([{ path: "src/sum.js", added: 1, removed: 1 }]);
  });

  test("was asked with the task, what failed, and nothing kept at the provider", () => {
    const first = bodyOf(run, 0);
    expect(first).toMatchObject({ model: "gpt-5.5", stream: true, store: false, parallel_tool_calls: false });
    expect(first.input[0].content).toContain("Make the failing test pass.");
    expect(first.input[0].content).toContain("sum.test.js");
    expect(first.tools.map(({ name }: { name: string }) => name)).toEqual([
      "shell",
      "apply_patch",
      "read",
      "search",
    ]);
    expect(JSON.stringify(first)).not.toContain("previous_response_id");
  });

  test("gets everything that was said again with each question, without the provider's names", () => {
    const last = bodyOf(run, 4);
    const types = last.input.map((item: { type?: string; role?: string }) => item.type ?? item.role);
    const call = ["function_call", "function_call_output"];
    expect(types).toEqual(["user", "reasoning", ...call, ...call, "assistant", ...call, ...call]);
    expect(JSON.stringify(last.input)).not.toMatch(/"id":/);
    expect(last.input.at(-1).output).toMatch(/^exit code 0\n/);
  });

  test("is told as it happened: turn, prompt, items, commands and trees", () => {
    expect(ofKind(run.events, "session_bound")).toMatchObject([{ driver: "openai" }]);
    expect(ofKind(run.events, "prompt_sent")).toMatchObject([{ turn: 1, origin: "goal" }]);
    const opened = ofKind(run.events, "item_opened");
    expect(opened.map(({ type }) => type)).toEqual([
      "reasoning",
      "tool",
      "tool",
      "message",
      "patch",
      "command",
      "message",
    ]);
    const closed = ofKind(run.events, "item_closed");
    expect(closed.map(({ item }) => item).toSorted()).toEqual(opened.map(({ item }) => item));
    expect(closed.every(({ status }) => status === "completed")).toBe(true);
    const trees = ofKind(run.events, "tree_recorded");
    expect(trees).toHaveLength(4);
    expect(new Set(trees.map(({ tree }) => tree)).size).toBe(2);
    expect(kinds(run.events).lastIndexOf("turn_ended")).toBeGreaterThan(
      kinds(run.events).lastIndexOf("item_closed"),
    );
    expect(ofKind(run.events, "usage_reported")).toHaveLength(5);
  });

  test("has its commands numbered on from the preparation's, with what they printed", () => {
    const commands = ofKind(run.events, "command_started");
    expect(commands.map(({ command }) => command)).toEqual([1, 2]);
    expect(commands[1]).toMatchObject({ argv: ["bash", "-c", TEST] });
    const printed = ofKind(run.events, "command_output").filter(({ command }) => command === 2);
    expect(printed.map(({ text }) => text).join("")).toContain("fail 0");
    expect(ofKind(run.events, "command_finished")[1]).toMatchObject({ command: 2, exit: 0, ended: "itself" });
  });

  test("is believed as far as its last test run goes, which is newer than its last edit", () => {
    if (run.result.outcome !== "patch") throw new Error("no patch");
    const { text, claims } = run.result.summary;
    expect(text).toBe("sum() subtracted. It adds now. All tests pass. The weather is fine.");
    expect(claims.map((claim) => [claim.text, claim.commands])).toEqual([
      ["The agent's last test run is newer than its last edit; it ended with exit 0.", [2]],
      ["sum() subtracted.", []],
      ["It adds now.", []],
      ["All tests pass.", [2]],
      ["The weather is fine.", []],
    ]);
  });

  test("reads on the run page as one turn between the steps of the runner", () => {
    const { entries } = timeline(run.events);
    expect(entries.map((entry) => entry.kind === "step" && [entry.title, entry.outcome])).toEqual([
      ["Test the base", "done"],
      ["Start the agent", "done"],
      ["Turn 1", "done"],
      ["Propose the patch", "done"],
    ]);
  });
});

describe("claims", () => {
  test("an edit after the last test run is said, and nothing rests on that run", async () => {
    const run = await play([FIX[3], FIX[2], { items: [{ say: "All tests pass." }] }] as ScriptedTurn[]);
    if (run.result.outcome !== "patch") throw new Error(JSON.stringify(run.result));
    expect(run.result.summary.claims[0]?.text).toMatch(
      /^The agent's last test run is older than its last edit/,
    );
    expect(run.result.summary.claims.map(({ commands }) => commands)).toEqual([[], []]);
  });

  test("no change is no patch", async () => {
    const run = await play([{ items: [{ say: "There is nothing to do." }] }]);
    expect(run.result).toMatchObject({ outcome: "no_change", summary: { text: "There is nothing to do." } });
  });
});

describe("a gateway that ends it", () => {
  test("by a used-up budget is quoted, and asked once", async () => {
    const sentence = "The run's budget of $2.00 is used up.";
    const run = await play([
      FIX[0] as ScriptedTurn,
      { status: 400, body: { error: { message: sentence, type: "x" } } },
    ]);
    expect(run.result).toEqual({ outcome: "failed", reason: sentence });
    expect(run.requests).toHaveLength(2);
    expect(ofKind(run.events, "turn_ended")).toEqual([{ turn: 1, status: "failed", error: sentence }]);
  });

  test("inside the answer is quoted too, and what was open is closed", async () => {
    const failed = { code: "insufficient_quota", message: "The pilot was stopped." };
    const run = await play([{ items: [{ say: "I begin" }], failed }]);
    expect(run.result).toEqual({ outcome: "failed", reason: "The pilot was stopped." });
    expect(ofKind(run.events, "item_closed")).toHaveLength(ofKind(run.events, "item_opened").length);
  });

  test("by cutting the stream is asked again, and what was half said is marked as cut", async () => {
    const run = await play([{ items: [{ say: "half" }], cut: true }, { items: [{ say: "Nothing to do." }] }]);
    expect(run.result.outcome).toBe("no_change");
    expect(run.requests).toHaveLength(2);
  });

  test("again and again is given up", async () => {
    const run = await play([{ items: [], cut: true }], { clock: fastClock(10_000) });
    expect(run.result.outcome).toBe("failed");
    expect(run.requests).toHaveLength(63);
  });
});

describe("a model that", () => {
  test("refuses ends the run in its words", async () => {
    const run = await play([{ items: [{ refuse: "I will not do that." }] }]);
    expect(run.result).toEqual({ outcome: "failed", reason: "The model refused: I will not do that." });
  });

  test("is cut off by its limit goes on, by a filter it does not", async () => {
    const long = await play([
      { items: [{ say: "a" }], incomplete: "max_output_tokens" },
      { items: [{ say: "Done." }] },
    ]);
    expect(long.result.outcome).toBe("no_change");
    const filtered = await play([{ items: [{ say: "a" }], incomplete: "content_filter" }]);
    expect(filtered.result).toEqual({
      outcome: "failed",
      reason: "The model's answer was cut off: content_filter.",
    });
  });

  test("does not reason is asked again without that, once for all", async () => {
    const script = scriptedModel(FIX);
    const run = await play(FIX, {
      answer: (request, response) => {
        if (!String(request.body).includes('"reasoning":{')) return script(request, response);
        response.writeHead(400, { "content-type": "application/json" });
        response.end('{"error":{"message":"Unsupported parameter: reasoning.summary"}}');
      },
    });
    expect(run.result.outcome).toBe("patch");
    expect(run.requests).toHaveLength(6);
  });

  test("calls tools in a wrong way is told what was wrong", async () => {
    const wrong: ScriptedTurn[] = [
      { items: [{ call: "fetch_url", args: {} }] },
      { items: [{ call: "read", args: { path: "nowhere.js", from_line: null, lines: null } }] },
      { items: [{ call: "apply_patch", args: { patch: "nonsense" } }] },
      { items: [{ call: "shell", args: { command: 7 } }] },
      { items: [{ say: "I give up." }] },
    ];
    const run = await play(wrong);
    expect(run.result.outcome).toBe("no_change");
    const outputs = bodyOf(run, 4).input.flatMap((item: { output?: string }) => item.output ?? []);
    expect(outputs).toEqual([
      "There is no tool named fetch_url.",
      expect.stringMatching(/^Failed: .*ENOENT/),
      expect.stringMatching(/^Failed: A patch begins with/),
      expect.stringMatching(/^Failed: "command" has to be a text/),
    ]);
  });

  test("starts a command that does not end, or leaves one behind, is not held up by it", async () => {
    const run = await play([
      { items: [{ call: "shell", args: { command: "echo up; sleep 1000", timeout_seconds: 1 } }] },
      { items: [{ call: "shell", args: { command: "sleep 1000 & echo left", timeout_seconds: null } }] },
      { items: [{ say: "Done." }] },
    ]);
    expect(ofKind(run.events, "command_finished").slice(1)).toMatchObject([
      { exit: null, ended: "time" },
      { exit: 0, ended: "itself" },
    ]);
  });
});

describe("probe: what is inside the sandbox", () => {
  test("neither the token nor a signature is there: not in a variable, not in a file, not in a process's memory", async () => {
    let token = "";
    const hunt = [
      "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'",
      "env; cat /proc/net/tcp; find / -xdev -type f -newer /proc/1/cmdline 2>/dev/null | head -100 | xargs cat 2>/dev/null",
      "grep -ra 'phr_' /work /home /tmp /opt/agent/loop /dev/shm 2>/dev/null",
      "for pid in /proc/[0-9]*; do grep -a -o 'phr_[A-Za-z0-9_-]*' $pid/mem 2>/dev/null; done; echo hunted",
    ].join("; ");
    const memory = `node -e '
      const fs = require("node:fs"); const found = [];
      for (const pid of fs.readdirSync("/proc").filter(Number)) { try {
        const mem = fs.openSync("/proc/" + pid + "/mem", "r");
        for (const line of fs.readFileSync("/proc/" + pid + "/maps", "utf8").split("\\n")) {
          const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) || []; if (!from) continue;
          const size = Math.min(parseInt(to, 16) - parseInt(from, 16), 64e6); const block = Buffer.alloc(size);
          try { fs.readSync(mem, block, 0, size, parseInt(from, 16)); } catch { continue; }
          for (const [text] of block.toString("latin1").matchAll(/phr_[0-9]{4}[A-Za-z0-9_-]{20,}/g)) found.push(text);
        } } catch { continue; } }
      console.log("searched", found.length, found.join());'`;
    const run = await play(
      [
        { items: [{ call: "shell", args: { command: hunt, timeout_seconds: null } }] },
        { items: [{ call: "shell", args: { command: memory, timeout_seconds: null } }] },
        { items: [{ say: "Done." }] },
      ],
      {
        answer: scripted(
          [
            { items: [{ call: "shell", args: { command: hunt, timeout_seconds: null } }] },
            { items: [{ call: "shell", args: { command: memory, timeout_seconds: null } }] },
            { items: [{ say: "Done." }] },
          ],
          (seen) => {
            token = seen;
          },
        ),
      },
    );
    const printed = ofKind(run.events, "command_output")
      .map(({ text }) => text)
      .join("");
    expect(token).toMatch(/^phr_/);
    expect(printed).toContain("hunted");
    expect(printed).toContain("searched 0");
    expect(printed).not.toContain(token);
    expect(printed).not.toContain("ph-signature");
    expect(JSON.stringify(run.events)).not.toContain(token);
  });

  test("the way out leads to models only, and knocking elsewhere is told by who saw it from outside", async () => {
    const knock = `node -e '
      const ask = async (url, init) => { try { const r = await fetch(url, init); console.log(r.status); } catch (e) { console.log(e.cause?.code ?? e.message); } };
      (async () => { await ask("http://127.0.0.1:4901/api/runner/v1/lease", { method: "POST" });
        await ask("http://169.254.169.254/latest/meta-data"); await ask("http://example.com"); })();'`;
    const run = await play([
      { items: [{ call: "shell", args: { command: knock, timeout_seconds: null } }] },
      { items: [{ say: "Done." }] },
    ]);
    const printed = ofKind(run.events, "command_output").filter(({ command }) => command === 2);
    expect(printed.map(({ text }) => text).join("")).toMatch(/^404\nENETUNREACH\n(EAI_AGAIN|ENOTFOUND)\n$/);
    expect(ofKind(run.events, "relay_refused")).toMatchObject([
      { method: "POST", target: "/api/runner/v1/lease", status: 404 },
    ]);
  });

  test("an agent that calls the model by itself pays from the same lease, and gets nothing else", async () => {
    const own = `node -e 'fetch("http://127.0.0.1:4901/v1/responses", { method: "POST", body: "{}", headers: { authorization: "Bearer mine" } }).then(async (r) => console.log(r.status))'`;
    const run = await play([
      { items: [{ call: "shell", args: { command: own, timeout_seconds: null } }] },
      { items: [{ say: "Done." }] },
    ]);
    expect(run.requests.every(({ headers }) => headers.authorization !== "Bearer mine")).toBe(true);
    expect(run.requests).toHaveLength(3);
  });
});

/** A scripted model that also tells with which token it was asked. */
function scripted(script: readonly ScriptedTurn[], seen: (token: string) => void): AgentRunChoices["answer"] {
  const answer = scriptedModel(script);
  return (request, response) => {
    seen(String(request.headers.authorization).slice("Bearer ".length));
    return answer(request, response);
  };
}
