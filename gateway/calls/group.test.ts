import { describe, expect, test } from "vitest";
import { createGroup, createLane } from "./group.ts";

describe("a group of transactions", () => {
  test("takes what came together, and what comes meanwhile goes in the next one, in order", async () => {
    const batches: number[][] = [];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const group = createGroup<number, string>({
      async work(items) {
        batches.push([...items]);
        await gates[batches.length - 1]?.promise;
        return items.map((item) => `answer ${item}`);
      },
      ...{ most: 10, lane: createLane() },
    });
    const first = [1, 2].map((item) => group.add(item));
    await expect.poll(() => batches).toEqual([[1, 2]]);
    const second = [3, 4, 5].map((item) => group.add(item));
    gates[0]?.resolve();
    expect(await Promise.all(first)).toEqual(["answer 1", "answer 2"]);
    gates[1]?.resolve();
    expect(await Promise.all(second)).toEqual(["answer 3", "answer 4", "answer 5"]);
    expect(batches[1]).toEqual([3, 4, 5]);
  });

  test("takes no more together than it may", async () => {
    const sizes: number[] = [];
    const group = createGroup<number, number>({
      work: async (items) => {
        sizes.push(items.length);
        return items;
      },
      ...{ most: 4, lane: createLane() },
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
      ...{ most: 10, lane: createLane() },
    });
    const outcomes = await Promise.allSettled(["first", "a", "poison", "b"].map((item) => group.add(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(await group.add("after")).toBe("after");
  });

  test("an answer too few is a failure, not somebody else's answer", async () => {
    const group = createGroup<string, string>({ work: async () => [], most: 10, lane: createLane() });
    await expect(group.add("x")).rejects.toThrow("another number of answers");
  });

  test("shares its lane with others: never two transactions at once, and each group has its turn", async () => {
    const lane = createLane();
    const log: string[] = [];
    let underWay = 0;
    const groupOf = (name: string) =>
      createGroup<number, number>({
        async work(items) {
          expect(++underWay).toBe(1);
          log.push(`${name} ${items.join(",")}`);
          await Promise.resolve();
          underWay--;
          return items;
        },
        ...{ most: 2, lane },
      });
    const [opens, settles] = [groupOf("open"), groupOf("settle")];
    await Promise.all([
      ...[1, 2, 3, 4, 5].map((item) => opens.add(item)),
      ...[6, 7].map((item) => settles.add(item)),
    ]);
    expect(log).toEqual(["open 1,2", "settle 6,7", "open 3,4", "open 5"]);
  });
});
