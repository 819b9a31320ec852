// What Codex is told before it starts. Each line that switches something off was measured: without it the program asks for
// another host, offers the model a tool that works outside of the sandbox, or lets the repository configure it.
import { join } from "node:path";

/** Not below /tmp: there Codex refuses to set up its own files. */
export const CODEX_HOME = "/work/codex";
export const CONFIG_FILE = join(CODEX_HOME, "config.toml");
export const CATALOG_FILE = join(CODEX_HOME, "models.json");

/** Name of the variable that holds what Codex presents as its key. */
export const KEY_VARIABLE = "PH_TOKEN";

const PROVIDER = "pilothouse";

type Value = string | number | boolean | readonly string[] | { readonly [key: string]: Value };

/** TOML's basic string: JSON's, but for DEL, which TOML wants escaped as well. */
const text = (value: string): string => JSON.stringify(value.toWellFormed()).replaceAll("\x7f", "\\u007f");

const isTable = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === "object" && !Array.isArray(value);

const key = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : text(name));

function plain(value: Exclude<Value, { readonly [key: string]: Value }>): string {
  if (typeof value === "string") return text(value);
  return typeof value === "object" ? `[${value.map(text).join(", ")}]` : String(value);
}

/** Values first, then tables by their full names. */
export function toToml(table: { readonly [key: string]: Value }, path: readonly string[] = []): string {
  const entries = Object.entries(table);
  const lines = entries.flatMap(([name, value]) =>
    isTable(value) ? [] : [`${key(name)} = ${plain(value as string)}`],
  );
  const own = path.length > 0 ? [`[${path.map(key).join(".")}]`, ...lines] : lines;
  const tables = entries.flatMap(([name, value]) => (isTable(value) ? [toToml(value, [...path, name])] : []));
  return [own.join("\n"), ...tables].join("\n");
}

export interface CodexChoices {
  readonly model: string;
  /** The relay as the sandbox sees it, up to and including /v1. */
  readonly baseUrl: string;
  /** The checkout. */
  readonly tree: string;
}

export const codexConfig = ({ model, baseUrl, tree }: CodexChoices): string =>
  `${toToml({
    model,
    model_provider: PROVIDER,
    model_catalog_json: CATALOG_FILE,
    approval_policy: "never",
    // The sandbox around it is ours: no network, no host, its own user.
    sandbox_mode: "danger-full-access",
    web_search: "disabled",
    check_for_update_on_startup: false,
    model_reasoning_summary: "auto",
    cli_auth_credentials_store: "file",
    model_providers: {
      [PROVIDER]: {
        name: "Pilothouse gateway",
        base_url: baseUrl,
        wire_api: "responses",
        env_key: KEY_VARIABLE,
        requires_openai_auth: false,
        supports_websockets: false,
        request_max_retries: 2,
        stream_max_retries: 2,
        stream_idle_timeout_ms: 300_000,
      },
    },
    // Its own settings in the repository would count for a trusted one.
    projects: { [tree]: { trust_level: "untrusted" } },
    analytics: { enabled: false },
    feedback: { enabled: false },
    otel: { exporter: "none", trace_exporter: "none", metrics_exporter: "none" },
    history: { persistence: "none" },
    shell_environment_policy: { inherit: "core", exclude: [KEY_VARIABLE], set: { LANG: "C.UTF-8" } },
    agents: { enabled: false },
    features: {
      apps: false,
      hooks: false,
      view_image: false,
      image_generation: false,
      fast_mode: false,
      daemon_auto_start: false,
      plugins: false,
      remote_plugin: false,
      goals: false,
      memories: false,
      shell_snapshot: false,
      skill_search: false,
      tool_suggest: false,
      enable_request_compression: false,
    },
    skills: { bundled: { enabled: false } },
  })}\n`;
