// The lease's inbox against the wire: a plane that answers late, twice, with nothing, or not at all.
import { describe, expect, test } from "vitest";
import { steadyClock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { InboxItem } from "#lib/protocol/steering.ts";
import { agentAssignment, testLogger } from "#lib/testing/runner/parts.ts";
import { inboxOf } from "./inbox.ts";
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
