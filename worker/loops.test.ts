import { expect, test } from "vitest";
import { unavailable } from "#lib/errors.ts";
import { eachByItself } from "./loops.ts";

test("probe: an upstream that never answers keeps no other merge from being settled", async () => {
  const settled: string[] = [];
  const failed: [unknown, string][] = [];
  const silent = unavailable("The upstream does not answer.");
  await eachByItself(
    ["silent", "first", "second"],
    async (merge) => {
      if (merge === "silent") throw silent;
      settled.push(merge);
    },
    (error, merge) => failed.push([error, merge]),
  );
  expect(settled).toEqual(["first", "second"]);
  expect(failed).toEqual([[silent, "silent"]]);
});
