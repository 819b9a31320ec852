// Next calls `register` once, before the server answers its first request.
import type { Instrumentation } from "next";

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { watchExchanges } = await import("#lib/guard/http/exchange.ts");
  watchExchanges();
  const { keepBeating } = await import("#lib/guard/http/beat.ts");
  void keepBeating();
}

/** What breaks while a page is drawn, past its door. The path is the route's pattern: a real one may hold a token. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { webLogger } = await import("#lib/guard/core.ts");
  const requestId = request.headers["ph-request"];
  webLogger().error({ err: error, requestId, route: context.routePath }, "a page broke while it was drawn");
};
