import { describe, expect, test } from "vitest";
import { catalogFor } from "./catalog.ts";
import { CODEX_HOME, codexConfig, toToml } from "./config.ts";

describe("TOML", () => {
  test("has plain values before tables, each under its full name", () => {
    const toml = toToml({ a: 1, t: { u: { "x.y": true }, v: ["p", "q"] }, b: "two" });
    expect(toml).toBe('a = 1\nb = "two"\n[t]\nv = ["p", "q"]\n[t.u]\n"x.y" = true');
  });

  test("probe: a text stays a text, whatever is in it", () => {
    expect(toToml({ model: 'x"\nsandbox_mode = "evil"\x7f\ud800' })).toBe(
      'model = "x\\"\\nsandbox_mode = \\"evil\\"\\u007f\ufffd"',
    );
    expect(toToml({ 'a"]\nb': { c: 1 } })).toContain('["a\\"]\\nb"]');
  });
});

describe("the configuration", () => {
  const config = codexConfig({ model: "gpt-5.5", baseUrl: "http://127.0.0.1:4901/v1", tree: "/work/tree" });

  test("names the relay as the only provider, and the key by its variable alone", () => {
    expect(config).toContain('model_provider = "pilothouse"');
    expect(config.match(/https?:\/\//g)).toHaveLength(1);
    expect(config).toContain('base_url = "http://127.0.0.1:4901/v1"');
    expect(config).toContain('env_key = "PH_TOKEN"');
  });

  test("lies outside of /tmp, where Codex would not set up its files", () => {
    expect(CODEX_HOME.startsWith("/tmp")).toBe(false);
  });

  test("does not trust the repository's own settings", () => {
    expect(config).toContain('[projects."/work/tree"]\ntrust_level = "untrusted"');
  });
});

describe("the catalog", () => {
  const bundled = JSON.stringify({
    models: [
      { slug: "gpt-9", default_service_tier: "priority", service_tiers: [{ id: "priority" }], upgrade: {} },
      { slug: "gpt-5.5", display_name: "GPT-5.5", apply_patch_tool_type: "freeform" },
    ],
  });
  const only = (model: string) => JSON.parse(catalogFor(model, bundled)).models;

  test("holds the one model of the run", () => {
    expect(only("gpt-5.5")).toMatchObject([{ slug: "gpt-5.5", display_name: "GPT-5.5" }]);
  });

  test("describes a model that Codex does not know as one that it knows", () => {
    expect(only("ph-main")).toMatchObject([{ slug: "ph-main", apply_patch_tool_type: "freeform" }]);
  });

  test("offers no dearer tier and no other model", () => {
    expect(only("gpt-9")).toEqual([
      { slug: "gpt-9", service_tiers: [], upgrade: null, availability_nux: null },
    ]);
  });

  test("is refused where neither is known", () => {
    expect(() => catalogFor("x", '{"models":[{"slug":"y"}]}')).toThrow("knows neither x nor gpt-5.5");
  });
});
