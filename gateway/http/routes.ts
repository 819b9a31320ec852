// The few requests the gateway answers.
import type { Api } from "#lib/model-calls/schema.ts";
import type { Purpose } from "../request/read-call.ts";

export type Route =
  | { readonly kind: "call"; readonly api: Api; readonly purpose: Purpose }
  | { readonly kind: "models" }
  | { readonly kind: "none"; readonly api: Api | null };

const CALLS: Readonly<Record<string, { readonly api: Api; readonly purpose: Purpose }>> = {
  "/v1/responses": { api: "responses", purpose: "generate" },
  "/v1/chat/completions": { api: "chat", purpose: "generate" },
  "/v1/messages": { api: "messages", purpose: "generate" },
  "/v1/messages/count_tokens": { api: "messages", purpose: "count" },
};

/** Claude Code adds `?beta=true`. No other query means anything to a call; that of a list is not looked at. */
const QUERY = /^(?:beta=true)?$/;

/** Exactly as it is written: nothing is decoded, so nothing has two spellings. */
export function routeOf(method: string | undefined, url: string | undefined): Route {
  const [path = "", query = "", ...more] = (url ?? "").split("?");
  const isPlain = more.length === 0 && QUERY.test(query);
  const call = Object.hasOwn(CALLS, path) ? CALLS[path] : undefined;
  if (method === "POST" && call && isPlain) return { kind: "call", ...call };
  if (method === "GET" && path === "/v1/models") return { kind: "models" };
  return { kind: "none", api: path.startsWith("/v1/messages") ? "messages" : null };
}
