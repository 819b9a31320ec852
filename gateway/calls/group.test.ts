import { describe, expect, test } from "vitest";
import { createGroup } from "./group.ts";

describe("a group of transactions", () => {
  test("begins at once, and what comes meanwhile goes together in the next one, in order", async () => {
    const batches: number[][] = [];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const group = createGroup<number, string>({
      async work(items) {
        batches.push([...items]);
        await gates[batches.length - 1]?.promise;
        return items.map((item) => `answer ${item}`);
      },
      most: 10,
    });
    const answers = [1, 2, 3, 4].map((item) => group.add(item));
    expect(batches).toEqual([[1]]);
    gates[0]?.resolve();
    expect(await answers[0]).toBe("answer 1");
    await group.add(0).constructor;
    gates[1]?.resolve();
    expect(await Promise.all(answers)).toEqual(["answer 1", "answer 2", "answer 3", "answer 4"]);
    expect(batches[1]?.slice(0, 3)).toEqual([2, 3, 4]);
    await group.quiet();
  });

  test("takes no more together than it may", async () => {
    const sizes: number[] = [];
    const group = createGroup<number, number>({
      work: async (items) => {
        sizes.push(items.length);
        return items;
      },
      most: 4,
    });
    await Promise.all(Array.from({ length: 10 }, (_, item) => group.add(item)));
    expect(Math.max(...sizes)).toBe(4);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10);
  });

  test("one that cannot be written fails alone", async () => {
    const group = createGroup<string, string>({
      async work(items) {
        await Promise.resolve();
        if (items.includes("poison")) throw new Error("no");
        return items;
      },
      most: 10,
    });
    const outcomes = await Promise.allSettled(["first", "a", "poison", "b"].map((item) => group.add(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(await group.add("after")).toBe("after");
  });

  test("an answer too few is a failure, not somebody else's answer", async () => {
    const group = createGroup<string, string>({ work: async () => [], most: 10 });
    await expect(group.add("x")).rejects.toThrow("another number of answers");
  });
});
