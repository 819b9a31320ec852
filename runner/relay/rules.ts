// What the relay lets through, and with which headers. Everything not named here is refused.

/** Model calls, as clients write them; the query is passed on (`?beta=true`). */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  POST: ["/v1/responses", "/v1/chat/completions", "/v1/messages", "/v1/messages/count_tokens"],
  GET: ["/v1/models"],
};
const QUERY = /^\?[\w.~=&%-]{0,500}$/;

export type Route =
  | { readonly kind: "forward"; readonly method: "GET" | "POST"; readonly path: string }
  | { readonly kind: "refused"; readonly status: number; readonly reason: string };

const refused = (status: number, reason: string): Route => ({ kind: "refused", status, reason });

/** `target` is what stands in the request line, as it stands there: nothing is decoded or made shorter first. */
export function routeOf(method: string, target: string): Route {
  if (!target.startsWith("/"))
    return refused(403, "Only the model gateway can be reached, by its paths; there is no other network.");
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const known = Object.values(ROUTES).some((paths) => paths.includes(path));
  if (!known) return refused(404, "This path is not one of the model gateway's.");
  if (!Object.hasOwn(ROUTES, method) || !ROUTES[method]?.includes(path))
    return refused(405, `${path} does not answer to this method.`);
  if (mark !== -1 && !QUERY.test(target.slice(mark))) return refused(400, "The query is not plain.");
  return { kind: "forward", method: method as "GET" | "POST", path: target };
}

/** RFC 9110 7.6.1, and what frames a message: each hop has its own. */
const OF_ONE_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "content-length",
];

/** Who is asking is for the runner to say, and what was asked before is nobody's business. */
const OF_IDENTITY = [
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "ocp-apim-subscription-key",
  "x-auth-token",
  "cookie",
  "cookie2",
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "x-original-url",
  "x-rewrite-url",
  "x-http-method-override",
];
const PREFIXES = ["x-forwarded-", "ph-", "cf-", "proxy-", "sec-websocket-", "x-amz-security-"];

const isKept = (name: string, ofThisHop: readonly string[]): boolean =>
  !OF_ONE_HOP.includes(name) &&
  !OF_IDENTITY.includes(name) &&
  !ofThisHop.includes(name) &&
  !PREFIXES.some((prefix) => name.startsWith(prefix));

const tokensOf = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(",")).map((token) => token.trim().toLowerCase());

type Headers = Readonly<Record<string, readonly string[] | undefined>>;

/** What of an agent's request goes on. A header that stands twice goes on once, the first. */
export function forwardedHeaders(headers: Headers): Record<string, string> {
  const ofThisHop = tokensOf(headers.connection ?? []);
  const kept: Record<string, string> = {};
  for (const [name, values] of Object.entries(headers)) {
    const value = values?.[0];
    if (value !== undefined && isKept(name, ofThisHop) && name !== "accept-encoding") kept[name] = value;
  }
  return kept;
}

const OF_ANSWER = ["set-cookie", "alt-svc", "strict-transport-security", "server", "via"];

/** What of the gateway's answer goes on to the agent. */
export function answeredHeaders(headers: Headers): Record<string, string | string[]> {
  const ofThisHop = tokensOf(headers.connection ?? []);
  const kept: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(headers)) {
    const isOfHop = (OF_ONE_HOP.includes(name) && name !== "content-length") || ofThisHop.includes(name);
    if (values === undefined || isOfHop || OF_ANSWER.includes(name) || name.startsWith("ph-")) continue;
    const [first = "", ...more] = values;
    kept[name] = more.length === 0 ? first : [first, ...more];
  }
  return kept;
}

/** The errors of the relay itself, in the shape that clients of all three APIs read a message from. */
export const problem = (code: string, message: string): string =>
  JSON.stringify({ type: "error", error: { type: "pilothouse_relay", code, message } });
