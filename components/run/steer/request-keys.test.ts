import { describe, expect, test } from "vitest";
import { newRequestKey, withRequestKey } from "./request-keys.ts";

function recorded() {
  const keys: string[] = [];
  let made = 0;
  const keyed = withRequestKey(
    async (_before, form) => {
      keys.push(String(form.get("requestKey")));
      return {};
    },
    () => `key-${++made}`,
  );
  const send = (text: string) => {
    const form = new FormData();
    form.set("text", text);
    return keyed.action({}, form);
  };
  return { keys, keyed, send };
}

describe("what is sent", () => {
  test("again, because the answer was lost, has the same key", async () => {
    const { keys, send } = recorded();
    await send("go on");
    await send("go on");
    expect(keys).toEqual(["key-1", "key-1"]);
  });

  test("with other words has another one, so that no words are taken for those before", async () => {
    const { keys, send } = recorded();
    await send("go on");
    await send("stop");
    await send("go on");
    expect(keys).toEqual(["key-1", "key-2", "key-3"]);
  });

  test("a second time on purpose, once the first has arrived, is another message", async () => {
    const { keys, keyed, send } = recorded();
    await send("go on");
    keyed.settle();
    await send("go on");
    expect(keys).toEqual(["key-1", "key-2"]);
  });

  test("has a key that nobody guesses", () => {
    expect(newRequestKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(newRequestKey()).not.toBe(newRequestKey());
  });
});
