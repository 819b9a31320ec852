import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EvidenceDocument } from "../evidence/document.ts";
import { judge } from "../evidence/rules.ts";
import { newId } from "../ids.ts";
import { NewEvent } from "../protocol/events.ts";
import { RunStatus } from "../runs/schema.ts";
import {
  copiesOf,
  type RedactionFacts,
  redactedBody,
  refusalToRedact,
  TAKEN_AWAY,
  withoutTexts,
} from "./rules.ts";
import { Copy } from "./schema.ts";

describe("what is left of an event", () => {
  test("is its shape, its numbers and its closed words", () => {
    const body = { command: 3, stream: "stdout", text: "the token is x" };
    expect(redactedBody(body)).toEqual({ command: 3, stream: "stdout", text: TAKEN_AWAY, redacted: true });
    const change = { from: "working", to: "failed", reason: "leaked x" };
    expect(redactedBody(change)).toEqual({ ...change, reason: TAKEN_AWAY, redacted: true });
  });

  test.each<NewEvent>([
    { kind: "session_bound", body: { driver: "codex", native: "secret" } },
    { kind: "prompt_sent", body: { turn: 1, origin: "goal", text: "secret", part: 2 } },
    { kind: "item_opened", body: { item: 1, type: "patch", title: "secret", command: 4 } },
    { kind: "item_delta", body: { item: 1, text: "secret" } },
    { kind: "item_closed", body: { item: 1, status: "declined", exit: null } },
    { kind: "tree_recorded", body: { item: 1, tree: "a".repeat(40) } },
    { kind: "turn_ended", body: { turn: 1, status: "failed", error: "secret" } },
    { kind: "agent_line", body: { stream: "stderr", text: "secret" } },
    {
      kind: "relay_refused",
      body: { method: "GET", target: "secret", status: 404, reason: "secret", times: 3 },
    },
    { kind: "message_delivered", body: { message: newId("message"), effect: "preempt" } },
    { kind: "message_undeliverable", body: { message: newId("message"), reason: "secret" } },
    {
      kind: "ask_opened",
      body: {
        ...{ ask: 1, what: "command", title: "secret", text: "secret", cwd: "/secret", reason: "secret" },
        digest: "a".repeat(64),
      },
    },
    { kind: "ask_settled", body: { ask: 1, decision: "allowed", by: "policy", rule: "secret" } },
    {
      kind: "snapshot_taken",
      body: {
        ...{ blob: newId("blob"), native: "secret", driver: "codex", turn: 2 },
        ...{ tree: "b".repeat(40), why: "turn" },
      },
    },
    { kind: "model_called", body: { call: newId("call"), model: "secret" } },
  ])("of an agent's is what its timeline is made of: $kind", ({ kind, body }) => {
    const left = NewEvent.parse({ kind, body: redactedBody(body) });
    expect(JSON.stringify(left)).not.toContain("secret");
    for (const [name, value] of Object.entries(body))
      if (["origin", "type", "status", "tree", "stream", "call"].includes(name))
        expect(left.body).toHaveProperty(name, value);
  });

  test("probe: of what was asked no digest is left that a short command could be guessed by", () => {
    const asked = { ask: 1, what: "command", text: "ls", cwd: "/", digest: "ab".repeat(32) };
    expect(JSON.stringify(redactedBody(asked))).not.toContain("abab");
  });

  test("probe: a secret in a field of closed words goes as well", () => {
    const body = {
      stream: "ghp_abc DEF",
      tree: "base + secret",
      digest: "hunter2",
      runner: "It is hunter2!",
    };
    expect(Object.values(redactedBody(body)).filter((value) => value === TAKEN_AWAY)).toHaveLength(4);
  });

  test("probe: no text of any value is left, however deep", () => {
    const long = fc.string({ minLength: 6, unit: "binary" }).filter((text) => !/^[a-z_]*$/.test(text));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(long, fc.array(long), fc.record({ a: long }))),
        (body) => {
          const texts = (value: unknown): string[] =>
            typeof value === "string"
              ? [value]
              : typeof value === "object" && value !== null
                ? Object.values(value).flatMap(texts)
                : [];
          expect(new Set(texts(withoutTexts(body)))).toEqual(
            new Set(texts(body).length > 0 ? [TAKEN_AWAY] : []),
          );
        },
      ),
    );
  });

  test("taking it away twice is taking it away once", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        expect(redactedBody(redactedBody(body))).toEqual(redactedBody(body));
      }),
    );
  });
});

test("evidence without its texts can still be read", () => {
  const document = {
    ...{
      v: 1,
      run: "run_01jb3c9q2m8x000000000x",
      attempt: 1,
      patch: "a".repeat(64),
      baseCommit: "b".repeat(40),
    },
    ...{ tree: "c".repeat(40), argv: ["npm", "test"], runner: "rnr_01jb3c9q2m8x000000000x", sameHost: false },
    environment: { tier: "strong", node: "v24", platform: "linux", kernel: "6" },
    observations: [],
    judgement: judge([], ["a test › of secret"]),
  };
  const left = EvidenceDocument.parse(withoutTexts(document));
  expect(left).toMatchObject({ run: document.run, tree: document.tree, environment: { tier: "strong" } });
  expect(left.judgement.verdict).toBe(document.judgement.verdict);
  expect(JSON.stringify(left)).not.toContain("secret");
});

test("evidence of all that is checked today can still be read without its texts, and names nothing", () => {
  const checks = {
    ...{
      command: ["sh", "-c", "secret"],
      frameworks: [{ name: "node_test", files: 1 }],
      seed: "canary_secret",
    },
    ...{ tools: [{ name: "git", version: "secret 1" }], unreported: ["secret.js"], coverageReason: "" },
    canary: { files: 1, none: null, uncovered: ["secret.test.js"] },
    coverage: { method: "v8", lines: 2, executed: 1, files: [{ path: "secret.js", lines: 2, executed: 1 }] },
  };
  const document = {
    ...{ v: 2, run: `run_${"0".repeat(22)}`, attempt: 1, patch: "a".repeat(64), baseCommit: "b".repeat(40) },
    ...{ tree: "c".repeat(40), argv: ["secret"], runner: `rnr_${"0".repeat(22)}`, sameHost: false, checks },
    environment: { tier: "strong", node: "v24", platform: "linux", kernel: "6" },
    ...{ observations: [], environmentDigest: "d".repeat(64), canaryRule: "known" },
    setup: {
      base: { key: "e".repeat(64), contents: "f".repeat(64), entries: 1, bytes: 2 },
      ...{ patch: null, changed: ["secret.json"] },
    },
    judgement: judge([], ["a test › of secret"]),
  };
  const left = EvidenceDocument.parse(withoutTexts(document));
  expect(left.setup?.base).toEqual(document.setup.base);
  expect(left).toMatchObject({ canaryRule: "known", checks: { frameworks: [{ name: "node_test" }] } });
  expect(JSON.stringify(left)).not.toContain("secret");
});

describe("an order", () => {
  const ended: RedactionFacts = {
    ...{ status: "failed", isDeciding: false, holdReason: null, launchedBy: "per_1", orderedBy: "per_2" },
  };

  test("is taken once the run has ended; single events before that as well", () => {
    for (const status of RunStatus.options) {
      const isOver = ["merged", "rejected", "failed", "cancelled"].includes(status);
      expect(refusalToRedact({ ...ended, status }, "all") === null).toBe(isOver);
      expect(refusalToRedact({ ...ended, status }, "all_events") === null).toBe(isOver);
      expect(refusalToRedact({ ...ended, status }, "events")).toBeNull();
    }
  });

  test("probe: is refused under a legal hold, to whoever launched the run, and while a merge is decided", () => {
    expect(refusalToRedact({ ...ended, holdReason: "case 7" }, "events")).toContain("legal hold");
    expect(refusalToRedact({ ...ended, orderedBy: "per_1" }, "events")).toContain("You launched this run");
    for (const kind of ["events", "all_events", "all"] as const)
      expect(refusalToRedact({ ...ended, isDeciding: true }, kind)).toContain("then this can be ordered");
  });
});

describe("the copies", () => {
  test("say of each whether it is reached, and never promise a backup or a published commit", () => {
    for (const kind of ["events", "all_events", "all"] as const) {
      const copies = copiesOf({ kind, isMerged: true }).map((copy) => Copy.parse(copy));
      const names = (reached: boolean) =>
        copies.filter((copy) => copy.reached === reached).map(({ name }) => name);
      expect(names(false)).toEqual(
        expect.arrayContaining([
          "gate_documents",
          "backups",
          "write_ahead_log",
          "runner_spools",
          "downloads",
          "published_commit",
        ]),
      );
      expect(names(true)).toContain("events");
      expect(new Set(copies.map(({ name }) => name)).size).toBe(copies.length);
      for (const { name } of copies) expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
    }
  });

  test("of what models were asked and answered are reached, but not by single events", () => {
    const callsOf = (kind: "events" | "all_events" | "all") =>
      copiesOf({ kind, isMerged: false }).filter(({ name }) => name === "model_calls");
    expect(callsOf("events").map(({ reached }) => reached)).toEqual([false]);
    expect(callsOf("all_events").map(({ reached }) => reached)).toEqual([true]);
    expect(callsOf("all").map(({ reached }) => reached)).toEqual([true]);
  });

  test("of a run that was never merged name no published commit", () => {
    expect(copiesOf({ kind: "all", isMerged: false }).map(({ name }) => name)).not.toContain(
      "published_commit",
    );
  });
});
