import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT_KINDS, NewEvent } from "../protocol/events.ts";
import { countWithin, hostsIn, keptText, termsOf, textsOf } from "./rules.ts";

describe("an entry", () => {
  test("is found by its kind, its actor, its subjects and the pilots they belong to, each once", () => {
    const entry = {
      kind: "run.merged",
      about: ["run:run_1", "pilot:pil_1"],
      actor: "system:worker",
      pilots: ["pil_1", "pil_1", "pil_2"],
    };
    expect(termsOf(entry)).toEqual([
      "kind:run.merged",
      "actor:system:worker",
      "run:run_1",
      "pilot:pil_1",
      "pilot:pil_2",
    ]);
  });

  test("probe: a term is never longer than an index takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 600, maxLength: 5000 }), (long) => {
        for (const term of termsOf({ kind: long, about: [long], actor: long, pilots: [long] })) {
          expect(Buffer.byteLength(term)).toBeLessThan(2600);
          expect(term.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});

describe("an event", () => {
  test("is found by its command, the paths and the hosts in it", () => {
    const argv = ["curl", "-o", "out/x.tgz", "https://user@Registry.example.com:8443/x.tgz"];
    expect(
      textsOf({ kind: "command_started", body: { command: 1, argv, tree: "base", purpose: "" } }),
    ).toEqual([
      { field: "command", text: argv.join(" ") },
      { field: "path", text: "out/x.tgz" },
      { field: "host", text: "registry.example.com" },
    ]);
  });

  test("is found by what was said, printed and changed", () => {
    expect(textsOf({ kind: "note", body: { text: "see git@forge.example.com:a/b" } })).toEqual([
      { field: "prompt", text: "see git@forge.example.com:a/b" },
      { field: "host", text: "forge.example.com" },
    ]);
    expect(textsOf({ kind: "file_changed", body: { path: "src/a b.ts", added: 1, removed: 0 } })).toEqual([
      { field: "path", text: "src/a b.ts" },
    ]);
    const body = { item: 1, tree: "a".repeat(40) };
    expect(textsOf({ kind: "tree_recorded", body })).toEqual([]);
    expect(textsOf({ kind: "tree_recorded", body: { ...body, paths: ["a.js", "b c.js"], more: 0 } })).toEqual(
      [{ field: "path", text: "a.js\nb c.js" }],
    );
    expect(textsOf({ kind: "command_output", body: { command: 1, stream: "stdout", text: " \n" } })).toEqual(
      [],
    );
    const failing = ["test/a.test.ts › sum › adds", "test/a.test.ts › sum › subtracts"];
    const tests = { command: 1, tree: "base", passed: 0, failed: 2, skipped: 0, failing };
    expect(textsOf({ kind: "tests_reported", body: tests })).toEqual([
      { field: "path", text: "test/a.test.ts" },
      { field: "output", text: failing.join("\n") },
    ]);
  });

  test("of an agent is what it was told, said and changed, with hosts and paths", () => {
    const prompt = { turn: 1, origin: "goal", text: "Look at https://docs.example/x" } as const;
    expect(textsOf({ kind: "prompt_sent", body: prompt })).toEqual([
      { field: "prompt", text: prompt.text },
      { field: "host", text: "docs.example" },
    ]);
    const text = "*** Update File: src/sum.js\n-a\n+b\n*** Move to: src/total.js\n+++ b/test/x.js";
    expect(textsOf({ kind: "item_delta", body: { item: 1, text } })).toEqual([
      { field: "output", text },
      { field: "path", text: "src/sum.js\nsrc/total.js\ntest/x.js" },
    ]);
    const refused = { method: "GET", target: "http://evil.example/x", status: 403, reason: "No.", times: 1 };
    expect(textsOf({ kind: "relay_refused", body: refused })).toEqual([
      { field: "output", text: "GET\nhttp://evil.example/x\nNo." },
      { field: "host", text: "evil.example" },
    ]);
    expect(
      textsOf({ kind: "turn_ended", body: { turn: 1, status: "failed", error: "out of budget" } }),
    ).toEqual([{ field: "output", text: "out of budget" }]);
  });

  test("of an agent's raw lines is nothing: what they say stands in its items", () => {
    expect(textsOf({ kind: "agent_line", body: { stream: "stdout", text: "words" } })).toEqual([]);
  });

  test("of any kind gives one text per field at most", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(
        fc.constantFrom(...EVENT_KINDS),
        fc.record({
          ...{
            text,
            reason: text,
            detail: text,
            title: text,
            path: text,
            signature: text,
            subject: text,
            author: text,
          },
          ...{ argv: fc.array(text), failing: fc.array(text), tests: fc.array(text, { minLength: 1 }) },
          ...{
            command: fc.constant(1),
            step: fc.constant(1),
            cluster: fc.constant(1),
            commit: fc.constant("a".repeat(40)),
          },
        }),
        (kind, body) => {
          const parsed = NewEvent.safeParse({ kind, body });
          const fields = parsed.success ? textsOf(parsed.data).map(({ field }) => field) : [];
          expect(new Set(fields).size).toBe(fields.length);
        },
      ),
    );
  });
});

describe("hosts", () => {
  test("are those of addresses, in lower case, each once", () => {
    expect(
      hostsIn("https://A.example/x http://a.example:80 ssh://git@b.example/c git@c.example:d/e"),
    ).toEqual(["a.example", "b.example", "c.example"]);
    expect(hostsIn("mail me at a@b.example, or a:b")).toEqual([]);
  });

  test("probe: a text made to be slow is not", () => {
    const started = process.cpuUsage().user;
    for (const part of ["a.", "a@", "a://", "a+", "://@", "a-.@:"])
      hostsIn(part.repeat(16_384 / part.length));
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });
});

describe("what is kept", () => {
  test("probe: can be stored, whatever it was cut from", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), fc.nat(20_000), (text, filler) => {
        const kept = keptText("x".repeat(filler) + text);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).not.toContain("\0");
        expect(kept.length).toBeLessThanOrEqual(16_384);
      }),
    );
  });

  test("is taken in pieces of so many events, and at least one entry", () => {
    expect(countWithin([1, 1, 1], 2)).toBe(2);
    expect(countWithin([9, 1], 2)).toBe(1);
    expect(countWithin([], 2)).toBe(0);
    expect(countWithin([0, 0], 2)).toBe(2);
  });
});
