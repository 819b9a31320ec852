import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Items } from "./answer.ts";
import { compacted, estimated } from "./compaction.ts";
import { answered, openHistory } from "./history.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const user = (content: string): Items[number] => ({ role: "user", content });
const call = (call_id: string): Items[number] => ({
  type: "function_call",
  call_id,
  name: "shell",
  arguments: "{}",
});
const output = (call_id: string): Items[number] => ({ type: "function_call_output", call_id, output: "ok" });

describe("a history", () => {
  test("is read again by another process as it was, without what the end of the first one cut", () => {
    const file = join(folder, "deep", "one.jsonl");
    openHistory(file).add(user("hello"), call("a"), output("a"));
    appendFileSync(file, '{"role":"user","cont');
    expect(openHistory(file).items).toEqual([user("hello"), call("a"), output("a")]);
    expect(readFileSync(file, "utf8")).not.toContain("cont\n");
  });

  test("has an answer to every call: the provider refuses what has none", () => {
    const items = answered([user("x"), call("a"), output("a"), call("b")]);
    expect(items.map((item) => item.type ?? "message")).toEqual([
      ...["message", "function_call", "function_call_output", "function_call", "function_call_output"],
    ]);
    expect(items.at(-1)).toMatchObject({ call_id: "b", output: /ended before it had a result/ });
  });

  test("is replaced as a whole, in memory and on disk", () => {
    const file = join(folder, "one.jsonl");
    const history = openHistory(file);
    history.add(user("a"), user("b"));
    history.replace([user("c")]);
    history.add(user("d"));
    expect(history.items).toEqual([user("c"), user("d")]);
    expect(openHistory(file).items).toEqual([user("c"), user("d")]);
  });
});

describe("what is left of a history that was summed up", () => {
  test("is what people said and the summary, and less than before", () => {
    const items = [user("the task"), call("a"), output("a"), user("a message")];
    expect(compacted(items, "I looked.")).toEqual([
      ...[user("the task"), user("a message")],
      user("What you did so far, as you summed it up yourself:\n\nI looked."),
    ]);
  });

  test("keeps the newest words where people said too much", () => {
    const long = user("x".repeat(39_000));
    expect(
      compacted([user("first"), long, user("y".repeat(3000)), user("last")], "s").slice(0, -1),
    ).not.toContainEqual(long);
    expect(compacted([long, user("last")], "s")).toContainEqual(user("last"));
    expect(estimated([user("x".repeat(4000))])).toBeGreaterThan(1000);
  });
});
