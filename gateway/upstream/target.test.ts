import { expect, test } from "vitest";
import type { Api } from "#lib/model-calls/schema.ts";
import type { ProviderKind } from "#lib/providers/schema.ts";
import { modelsTarget, targetOf } from "./target.ts";

const to = (kind: ProviderKind, baseUrl: string, api: Api, settings = {}) =>
  targetOf({ provider: { kind, baseUrl, settings }, api, purpose: "generate", model: "gpt-5 x", key: "KEY" });

test.each([
  [
    "openai",
    "https://api.openai.com/v1",
    "responses",
    "https://api.openai.com/v1/responses",
    { authorization: "Bearer KEY" },
  ],
  [
    "openai",
    "https://api.openai.com/v1/",
    "chat",
    "https://api.openai.com/v1/chat/completions",
    { authorization: "Bearer KEY" },
  ],
  [
    "openai_compatible",
    "http://127.0.0.1:8000/v1",
    "messages",
    "http://127.0.0.1:8000/v1/messages",
    { authorization: "Bearer KEY" },
  ],
  [
    "anthropic",
    "https://api.anthropic.com",
    "messages",
    "https://api.anthropic.com/v1/messages",
    { "x-api-key": "KEY", "anthropic-version": "2023-06-01" },
  ],
  [
    "azure_openai",
    "https://n.openai.azure.com",
    "responses",
    "https://n.openai.azure.com/openai/v1/responses",
    { "api-key": "KEY" },
  ],
  [
    "azure_openai",
    "https://n.openai.azure.com/openai",
    "chat",
    "https://n.openai.azure.com/openai/deployments/gpt-5%20x/chat/completions",
    { "api-key": "KEY" },
  ],
] as const)("%s at %s is asked for %s where it answers", (kind, base, api, url, headers) => {
  const target = to(kind, base, api);
  expect(target.url.href).toBe(url);
  expect(target.headers).toMatchObject(headers);
  expect(Object.keys(target.headers).filter((name) => /key|authorization/.test(name))).toHaveLength(1);
});

test("Azure's version goes into the address, OpenAI's account into headers", () => {
  expect(
    to("azure_openai", "https://n.openai.azure.com", "chat", { apiVersion: "2025-04-01" }).url.search,
  ).toBe("?api-version=2025-04-01");
  const { headers } = to("openai", "https://api.openai.com/v1", "chat", {
    organization: "org-1",
    project: "p-1",
  });
  expect(headers).toMatchObject({ "openai-organization": "org-1", "openai-project": "p-1" });
});

test("a provider is not asked in an API it does not speak", () => {
  expect(() => to("anthropic", "https://api.anthropic.com", "responses")).toThrow("does not speak");
  expect(() => to("openai", "https://api.openai.com/v1", "messages")).toThrow("does not speak");
});

test("the list of models and the count of tokens have addresses of their own", () => {
  const anthropic = { kind: "anthropic", baseUrl: "https://api.anthropic.com", settings: {} } as const;
  expect(modelsTarget(anthropic, "KEY").url.href).toBe("https://api.anthropic.com/v1/models");
  const count = targetOf({ provider: anthropic, api: "messages", purpose: "count", model: "m", key: "KEY" });
  expect(count.url.pathname).toBe("/v1/messages/count_tokens");
});
