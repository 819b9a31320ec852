import { describe, expect, test } from "vitest";
import type { KeyView, ProviderView, TestView } from "#lib/providers/schema.ts";
import { keyInUse, providerFace } from "./words.ts";

const at = new Date("2030-01-01T00:00:00Z");

export const key = (id: string, more: Partial<KeyView> = {}): KeyView => ({
  ...{ id, hint: "wxyz", setBy: "per_1", setByName: "Ada", setAt: at, retiredAt: null },
  ...more,
});

export const provider = (more: Partial<ProviderView> = {}): ProviderView => ({
  ...{ id: "prv_1", name: "OpenAI", kind: "openai", baseUrl: "https://api.openai.com/v1", settings: {} },
  ...{ createdBy: "per_1", createdByName: "Ada", createdAt: at, disabledAt: null, keys: [], test: null },
  ...more,
});

const tried = (keyId: string, problem: string | null): TestView => ({
  ...{ id: "tst_1", keyId, askedAt: at, answeredAt: at },
  answer: { models: ["gpt-5"], latencyMs: 120, problem },
});

describe("the state of a provider", () => {
  test("is said from its keys and the last test", () => {
    expect(providerFace(provider()).word).toBe("No key");
    expect(providerFace(provider({ keys: [key("pky_1")] })).word).toBe("Not tried");
    expect(providerFace(provider({ keys: [key("pky_1")], test: tried("pky_1", null) })).word).toBe("Works");
    expect(providerFace(provider({ keys: [key("pky_1")], test: tried("pky_1", "401") })).word).toBe(
      "Does not work",
    );
    expect(providerFace(provider({ keys: [key("pky_1")], disabledAt: at })).word).toBe("Switched off");
  });

  test("a test of an older key says nothing of the newer one", () => {
    const keys = [key("pky_2"), key("pky_1")];
    expect(providerFace(provider({ keys, test: tried("pky_1", null) })).word).toBe("Not tried");
  });

  test("a test that was asked for and has no answer yet is under way", () => {
    const asked = { ...tried("pky_1", null), answeredAt: null, answer: null };
    expect(providerFace(provider({ keys: [key("pky_1")], test: asked })).word).toBe("Being tried");
  });

  test("the key in use is the newest that is not retired", () => {
    expect(
      keyInUse(provider({ keys: [key("pky_3", { retiredAt: at }), key("pky_2"), key("pky_1")] }))?.id,
    ).toBe("pky_2");
    expect(keyInUse(provider({ keys: [key("pky_1", { retiredAt: at })] }))).toBeNull();
  });
});
