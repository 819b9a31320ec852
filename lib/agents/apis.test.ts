import { describe, expect, test } from "vitest";
import { ProviderKind } from "../providers/schema.ts";
import { apiOf, refusalToUse } from "./apis.ts";
import { ModelDriver } from "./schema.ts";

test("an agent asks in the language of its program", () => {
  expect(ModelDriver.options.map(apiOf)).toEqual(["responses", "responses", "messages"]);
});

describe("a provider", () => {
  test.each(ProviderKind.options)(
    "of the kind %s takes exactly the programs whose language it speaks",
    (kind) => {
      const taken = ModelDriver.options.filter((driver) => refusalToUse(driver, kind) === null);
      const others = ["openai", "codex"];
      const expected = { anthropic: ["claude"], openai_compatible: [...others, "claude"] };
      expect(taken).toEqual(kind in expected ? expected[kind as keyof typeof expected] : others);
    },
  );

  test("that is refused is refused in a sentence", () => {
    expect(refusalToUse("claude", "openai")).toBe(
      "This program speaks the Messages API, and that provider does not. Choose another provider or program.",
    );
  });
});
