// Where a call goes, and how its key is shown there.
import type { Api } from "#lib/model-calls/schema.ts";
import { apisOf } from "#lib/providers/apis.ts";
import type { ProviderKind, ProviderSettings } from "#lib/providers/schema.ts";
import { Problem } from "../http/problem.ts";
import type { Purpose } from "../request/read-call.ts";

export interface ProviderAt {
  readonly kind: ProviderKind;
  /** `https://api.openai.com/v1`, `https://api.anthropic.com`. */
  readonly baseUrl: string;
  readonly settings: ProviderSettings;
}

export interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

const PATHS: Readonly<Record<Api, string>> = {
  responses: "responses",
  chat: "chat/completions",
  messages: "messages",
};

const OLDEST_MESSAGES = "2023-06-01";

function keyHeaders({ kind, settings }: ProviderAt, key: string): Record<string, string> {
  switch (kind) {
    case "azure_openai":
      return { "api-key": key };
    case "anthropic":
      return { "x-api-key": key };
    case "openai":
      return {
        authorization: `Bearer ${key}`,
        ...(settings.organization ? { "openai-organization": settings.organization } : {}),
        ...(settings.project ? { "openai-project": settings.project } : {}),
      };
    case "openai_compatible":
      return { authorization: `Bearer ${key}` };
  }
}

/** Where the address names a host alone: the version's path these providers have. */
const PATH_OF_HOST: Partial<Readonly<Record<ProviderKind, string>>> = {
  azure_openai: "/openai/v1",
  anthropic: "/v1",
};

function baseOf({ kind, baseUrl }: ProviderAt): string {
  const base = baseUrl.replace(/\/+$/, "");
  return new URL(base).pathname === "/" ? `${base}${PATH_OF_HOST[kind] ?? ""}` : base;
}

function at(provider: ProviderAt, path: string): URL {
  const url = new URL(`${baseOf(provider)}/${path}`);
  if (provider.settings.apiVersion) url.searchParams.set("api-version", provider.settings.apiVersion);
  return url;
}

/** Azure's older form has the deployment in the path instead of the body. */
function pathOf({ kind, baseUrl }: ProviderAt, api: Api, model: string): string {
  const isByDeployment = kind === "azure_openai" && /\/openai\/?$/.test(new URL(baseUrl).pathname);
  return isByDeployment && api === "chat"
    ? `deployments/${encodeURIComponent(model)}/${PATHS.chat}`
    : PATHS[api];
}

export interface Destination {
  readonly provider: ProviderAt;
  readonly api: Api;
  readonly purpose: Purpose;
  readonly model: string;
  readonly key: string;
}

export function targetOf({ provider, api, purpose, model, key }: Destination): Target {
  if (!apisOf(provider.kind).includes(api))
    throw new Problem("bad_request", "The run's provider does not speak this API.");
  const path = pathOf(provider, api, model);
  const version: Record<string, string> = api === "messages" ? { "anthropic-version": OLDEST_MESSAGES } : {};
  return {
    url: at(provider, purpose === "count" ? `${path}/count_tokens` : path),
    headers: { ...version, ...keyHeaders(provider, key) },
  };
}

/** The list of models, which shows whether a key works and costs nothing. */
export function modelsTarget(provider: ProviderAt, key: string): Target {
  const version: Record<string, string> =
    provider.kind === "anthropic" ? { "anthropic-version": OLDEST_MESSAGES } : {};
  return { url: at(provider, "models"), headers: { ...version, ...keyHeaders(provider, key) } };
}
