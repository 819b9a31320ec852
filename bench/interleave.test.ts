import { expect, test } from "vitest";
import { interleave } from "./interleave.ts";

test("everybody has a turn in each round, and the turns rotate", async () => {
  const played: string[] = [];
  const player = (name: string) => async () => {
    played.push(name);
    return played.length;
  };
  const contestants = { a: player("a"), b: player("b"), c: player("c") };
  const samples = await interleave(contestants, { rounds: 3, warmUp: 0 });
  expect(played.join("")).toBe("abcbcacab");
  expect(Object.values(samples).map(({ length }) => length)).toEqual([3, 3, 3]);
});

test("what is played to warm up is not counted", async () => {
  let count = 0;
  const samples = await interleave({ only: async () => ++count }, { rounds: 2, warmUp: 3 });
  expect(samples).toEqual({ only: [4, 5] });
});

test("a round that began is played to its end when time is over", async () => {
  let played = 0;
  const play = async () => ++played;
  const isOver = () => played >= 3;
  const samples = await interleave({ a: play, b: play }, { rounds: 100, warmUp: 0, isOver });
  expect([samples.a.length, samples.b.length]).toEqual([2, 2]);
});

test("no time for a counted round is an error, not an empty result", async () => {
  const isOver = () => true;
  await expect(interleave({ a: async () => 1 }, { rounds: 5, warmUp: 0, isOver })).rejects.toThrow("no time");
});
