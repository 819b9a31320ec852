// What Next does not tell a page: the socket's address, the path as sent, and a way to set the status of the
// answer. Watched on Node's HTTP server before Next sees the request (instrumentation.ts starts it); the
// headers below are overwritten, so nobody outside can set them.
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { newId } from "../../ids.ts";

const REQUEST_HEADER = "ph-request";
const ADDRESS_HEADER = "ph-address";

interface Exchange {
  /** Path and query as sent. */
  readonly path: string;
  readonly response: ServerResponse;
}

// Next loads this module once per bundle; the exchanges belong to the process.
const holder = globalThis as { pilothouseExchanges?: Map<string, Exchange> };

function onRequest(message: unknown): void {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const exchanges = holder.pilothouseExchanges;
  const id = newId("request");
  request.headers[REQUEST_HEADER] = id;
  request.headers[ADDRESS_HEADER] = request.socket.remoteAddress ?? "unknown";
  exchanges?.set(id, { path: request.url ?? "/", response });
  response.once("close", () => exchanges?.delete(id));
}

/** Starts watching; doing it twice is harmless. */
export function watchExchanges(): void {
  if (holder.pilothouseExchanges) return;
  holder.pilothouseExchanges = new Map();
  subscribe("http.server.request.start", onRequest);
}

type Headers_ = { get(name: string): string | null };

/** The request's id; a new one where nothing watches (tests). */
export const requestIdOf = (headers: Headers_): string =>
  (holder.pilothouseExchanges && headers.get(REQUEST_HEADER)) ?? newId("request");

export const socketAddressOf = (headers: Headers_): string =>
  (holder.pilothouseExchanges && headers.get(ADDRESS_HEADER)) ?? "unknown";

/** The path a page was asked for, without what Next's router adds; "/" where nothing watches. */
export function pagePathOf(requestId: string): string {
  const url = new URL(holder.pilothouseExchanges?.get(requestId)?.path ?? "/", "http://pilothouse.invalid");
  url.searchParams.delete("_rsc");
  return `${url.pathname}${url.search}`;
}

/** Sets the status of a page's answer; without effect once its first byte is on the way. */
export function setStatus(requestId: string, status: number): void {
  const response = holder.pilothouseExchanges?.get(requestId)?.response;
  if (response && !response.headersSent) response.statusCode = status;
}
