import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { PriceView } from "#lib/prices/schema.ts";
import type { KeyView, ProviderView, TestView } from "#lib/providers/schema.ts";
import { ProviderPage, type ProviderPageProps } from "./provider-page.tsx";
import { ProvidersPage } from "./providers-page.tsx";

const action = async () => ({});
const manage = { setKey: action, retire: action, tryKey: action, disable: action };
const at = new Date("2030-01-01T00:00:00Z");

const key = (id: string, more: Partial<KeyView> = {}): KeyView => ({
  ...{ id, hint: "wxyz", setBy: "per_1", setByName: "Ada", setAt: at, retiredAt: null },
  ...more,
});
const provider = (more: Partial<ProviderView> = {}): ProviderView => ({
  ...{ id: "prv_1", name: "OpenAI", kind: "openai", baseUrl: "https://api.openai.com/v1", settings: {} },
  ...{ createdBy: "per_1", createdByName: "Ada", createdAt: at, disabledAt: null, keys: [], test: null },
  ...more,
});
const tested = (problem: string | null, models: string[] = []): TestView => ({
  ...{ id: "tst_1", keyId: "pky_1", askedAt: at, answeredAt: at },
  answer: { models, latencyMs: 120, problem },
});
const price = (model: string): PriceView => ({
  ...{
    id: `prc_${model}`,
    providerId: "prv_1",
    model,
    version: 2,
    setBy: "per_1",
    setByName: "Ada",
    setAt: at,
  },
  ...{ input: 1_250_000, cached: 125_000, cacheWrite: 1_250_000, output: 10_000_000, reasoning: 10_000_000 },
});
const rendered = (props: Partial<ProviderPageProps>) =>
  renderToStaticMarkup(
    <ProviderPage
      provider={provider()}
      prices={[]}
      figures={[]}
      manage={manage}
      setPrice={action}
      {...props}
    />,
  );

describe("the page of a provider", () => {
  test("says what is missing before a model can be called", () => {
    const page = rendered({});
    expect(page).toContain("No key yet");
    expect(page).toContain("No price yet");
    expect(page).toContain("Set a key…");
  });

  test("offers to test and to retire what is usable, and nothing of what is retired", () => {
    const keys = [key("pky_3", { retiredAt: at }), key("pky_2"), key("pky_1")];
    const page = rendered({ provider: provider({ keys }) });
    expect(page).toContain("3 keys, 2 usable");
    expect(page.match(/name="keyId" value="pky_2"/g)).toHaveLength(2);
    expect(page).not.toContain('value="pky_3"');
  });

  test("says what the gateway found, and which offered models cannot be called yet", () => {
    const answered = { keys: [key("pky_1")], test: tested(null, ["gpt-a", "gpt-b"]) };
    const page = rendered({ provider: provider(answered), prices: [price("gpt-a")] });
    expect(page).toContain("offers 2 models");
    expect(page).toContain("Offered and without a price");
    expect(page).toContain("10.00");
    expect(rendered({ provider: provider({ ...answered, test: tested("It answered 401.") }) })).toContain(
      "It answered 401.",
    );
  });

  test("a person who may only look finds nothing to press", () => {
    const page = rendered({
      provider: provider({ keys: [key("pky_1")] }),
      prices: [price("gpt-a")],
      manage: null,
      setPrice: null,
    });
    expect(page).not.toContain("<form");
    expect(page).not.toContain("Switch off");
  });

  test("a provider that is switched off takes no key and no price", () => {
    const page = rendered({ provider: provider({ disabledAt: at, keys: [key("pky_1")] }) });
    expect(page).toContain("Switched off");
    expect(page).not.toContain("<form");
  });

  test("probe: what a provider answers is shown as text, with marks for what hides", () => {
    const page = rendered({
      provider: provider({ keys: [key("pky_1")], test: tested("<img src=x>\u202Emoc") }),
    });
    expect(page).toContain("&lt;img");
    expect(page).not.toContain("\u202E");
  });
});

describe("the list of providers", () => {
  test("leads to each, and says its state and the end of its key", () => {
    const page = renderToStaticMarkup(
      <ProvidersPage providers={[provider({ keys: [key("pky_1")], test: tested(null) })]} add={null} />,
    );
    expect(page).toContain('href="/providers/prv_1"');
    expect(page).toContain("Works");
    expect(page).toContain("wxyz");
  });

  test("a key too short to show a part of shows none", () => {
    const page = renderToStaticMarkup(
      <ProvidersPage providers={[provider({ keys: [key("pky_1", { hint: "" })] })]} add={{ action }} />,
    );
    expect(page).toContain("a short key");
  });
});
