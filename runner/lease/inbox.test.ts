// The lease's inbox against the wire: a plane that answers late, twice, with nothing, or not at all.
import { describe, expect, test } from "vitest";
import { steadyClock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { InboxItem } from "#lib/protocol/steering.ts";
import { createTestInbox } from "#lib/testing/agents/agent-run.ts";
import { agentAssignment, testLogger } from "#lib/testing/runner/parts.ts";
import { hear, inboxOf } from "./inbox.ts";
import type { Lease } from "./lease.ts";

const pause = (number: number): InboxItem => ({ number, kind: "pause", why: "pause", reason: "" });

type Answer = readonly InboxItem[] | AppError;

function open(...answers: Answer[]) {
  const over = new AbortController();
  const asked: number[] = [];
  const ended: string[] = [];
  const plane = {
    async inbox(_lease: unknown, { after }: { after: number }) {
      asked.push(after);
      const answer = answers.shift();
      if (answer === undefined) {
        over.abort();
        throw over.signal.reason;
      }
      if (answer instanceof AppError) throw answer;
      return answer;
    },
  };
  const life = { over: over.signal, end: (kind: string) => void ended.push(kind) };
  const { logger, lines } = testLogger();
  const lease = { plane, assignment: agentAssignment(), life, steady: steadyClock, logger };
  return { items: inboxOf(lease as unknown as Lease, 0), asked, ended, lines };
}

async function numbers(items: AsyncIterable<InboxItem>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { number } of items) seen.push(number);
  return seen;
}

describe("the inbox", () => {
  test("gives each item once, in order, and asks for what comes after it", async () => {
    const { items, asked } = open([pause(1), pause(2)], [pause(2), pause(3)], []);
    expect(await numbers(items)).toEqual([1, 2, 3]);
    expect(asked.slice(0, 3)).toEqual([0, 2, 3]);
  });

  test("is asked again while the plane is away", async () => {
    const { items } = open(new AppError("unavailable", "away"), [pause(1)]);
    expect(await numbers(items)).toEqual([1]);
  });

  test("of a lease that is somebody else's ends it", async () => {
    const { items, ended } = open(new AppError("fenced", "over"));
    await expect(numbers(items)).rejects.toThrow("over");
    expect(ended).toEqual(["fenced"]);
  });

  test("of a control plane that knows none is empty, and the run goes on", async () => {
    const { items, ended } = open(new AppError("not_found", "no such route"));
    expect(await numbers(items)).toEqual([]);
    expect(ended).toEqual([]);
  });
});

describe("an inbox that is listened to from the start", () => {
  const written = () => {
    const inbox = createTestInbox();
    const early: number[] = [];
    return { inbox, early, heard: hear(inbox, () => void early.push(1)) };
  };

  test("tells of a pause before anybody reads, once, and keeps everything for whoever does", async () => {
    const { inbox, early, heard } = written();
    inbox.push({ kind: "message", message: "msg_1", mode: "now", origin: "steer", text: "a" });
    inbox.push({ kind: "pause", why: "pause", reason: "" });
    inbox.push({ kind: "pause", why: "ask", reason: "" });
    await expect.poll(() => early.length).toBe(1);
    expect(heard.early()).toMatchObject({ number: 2, why: "pause" });
    const seen: number[] = [];
    for await (const { number } of heard.items) if (seen.push(number) === 3) break;
    expect(seen).toEqual([1, 2, 3]);
  });

  test("leaves a pause to whoever reads", async () => {
    const { inbox, early, heard } = written();
    const reading = heard.items[Symbol.asyncIterator]();
    const first = reading.next();
    inbox.push({ kind: "pause", why: "pause", reason: "" });
    expect((await first).value).toMatchObject({ kind: "pause" });
    expect([early, heard.early()]).toEqual([[], null]);
  });

  test("ends where it ends, and breaks where it breaks, for whoever reads", async () => {
    const { items } = open([pause(1)]);
    expect(await numbers(hear(items, () => undefined).items)).toEqual([1]);
    const broken = open(new AppError("fenced", "no")).items;
    await expect(numbers(hear(broken, () => undefined).items)).rejects.toThrow("no");
  });
});
