// Headers are never passed on as they came: a few are taken over by name, in either direction, and all others end here.
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/**
 * Each header by the words of it that go on, and all others are dropped: what stands in a header is neither searched by
 * the outbound policy nor kept in the trace, so no client may write its own text there. Features that cost more
 * (context-1m, fast-mode), log in otherwise (oauth) or run at the provider (web search, code execution, files, MCP) are
 * not among them. Of openai-beta no word goes on: the one that Codex says asks for a WebSocket, which the gateway refuses.
 */
const TO_PROVIDER: Readonly<Record<string, readonly string[]>> = {
  accept: ["application/json", "text/event-stream", "*/*"],
  "anthropic-version": ["2023-06-01"],
  "anthropic-beta": [
    "claude-code-20250219",
    "interleaved-thinking-2025-05-14",
    "fine-grained-tool-streaming-2025-05-14",
    "context-management-2025-06-27",
    "structured-outputs-2025-11-13",
    "effort-2025-11-24",
    "prompt-caching-scope-2026-01-05",
    "token-counting-2024-11-01",
  ],
  /** Codex says it of models whose tools stand in the input; what it means to a provider is not known to us. */
  "x-openai-internal-codex-responses-lite": ["true"],
};

/** A longer one is not read: no client has so many words to say. */
const LONGEST = 4096;

export function headersToProvider(from: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "accept-encoding": "identity",
    "user-agent": "pilothouse-gateway",
  };
  for (const [name, known] of Object.entries(TO_PROVIDER)) {
    const value = from[name];
    if (typeof value !== "string" || value.length > LONGEST) continue;
    const said = value.split(",").map((word) => word.trim());
    // In the order of the list: neither order nor number of the words is the client's to choose.
    const words = known.filter((word) => said.includes(word));
    if (words.length > 0) headers[name] = words.join(",");
  }
  return headers;
}

const TO_CLIENT = [
  "content-type",
  "content-encoding",
  "retry-after",
  "request-id",
  "x-request-id",
  "x-should-retry",
  "openai-processing-ms",
  "openai-version",
] as const;

const isRateLimit = (name: string) => /^(?:x|anthropic)-ratelimit-[a-z-]{1,60}$/.test(name);

/** Nothing that names the provider's account, no cookie, nowhere to go on to. */
export function headersToClient(from: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = { "cache-control": "no-store" };
  for (const [name, value] of Object.entries(from)) {
    const isNamed = TO_CLIENT.some((known) => known === name);
    if (typeof value === "string" && (isNamed || isRateLimit(name))) headers[name] = value;
  }
  return headers;
}

/** Of which two would mean that two readers may believe two different things. */
const ONCE = new Set([
  ...["content-length", "content-type", "content-encoding", "transfer-encoding", "host", "authorization"],
  ...["ph-runner", "ph-time", "ph-sha256", "ph-signature", "anthropic-version"],
]);

/** Throws for a request whose end or meaning two readers could see differently. Node refused the worst of them already. */
export function checkFraming({ rawHeaders, headers, method }: IncomingMessage, maxBytes: number): void {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (ONCE.has(name) && seen.has(name))
      throw new Problem("bad_request", `The header ${name} stands there twice.`);
    seen.add(name);
  }
  if (method !== "POST") return;
  if (headers["transfer-encoding"] !== undefined || headers["content-length"] === undefined)
    throw new Problem("length_required", "The request says how long it is by Content-Length.");
  if (!/^\d{1,12}$/.test(headers["content-length"]))
    throw new Problem("bad_request", "The Content-Length is not a number.");
  if (Number(headers["content-length"]) > maxBytes)
    throw new Problem("too_large", `The request is larger than ${maxBytes} bytes.`);
  if ((headers["content-encoding"] ?? "identity") !== "identity")
    throw new Problem("encoding_refused", "The request is not taken compressed.");
  if (!/^application\/json(?:\s*;|$)/i.test(headers["content-type"] ?? ""))
    throw new Problem("encoding_refused", "The request is JSON: Content-Type is application/json.");
}
