import { expect, test } from "vitest";
import { holdMirror } from "./hold-mirror.ts";

test("those who want one mirror come one after another, also after a failure; other mirrors do not wait", async () => {
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = holdMirror("a", async () => {
    order.push("one begins");
    await first.promise;
    order.push("one ends");
    throw new Error("broken");
  });
  const two = holdMirror("a", async () => order.push("two"));
  await holdMirror("b", async () => order.push("other"));
  first.resolve();
  await expect(one).rejects.toThrow("broken");
  await two;
  expect(order).toEqual(["one begins", "other", "one ends", "two"]);
});
