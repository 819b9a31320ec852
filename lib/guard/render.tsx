// How pages and layouts show a refusal.
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { RefusalPage } from "#components/refusal/refusal-page.tsx";
import type { Refusal } from "./core.ts";
import { pagePathOf, setStatus } from "./http/exchange.ts";

/** Leads to the sign-in page, to the 404 page, or returns the page that says why not. */
export function renderRefusal(refusal: Refusal): ReactNode {
  const { code, status, title, message, requestId, leadTo } = refusal;
  if (leadTo !== undefined) redirect(leadTo);
  if (code === "unauthenticated") redirect(`/sign-in?next=${encodeURIComponent(pagePathOf(requestId))}`);
  if (code === "not_found") notFound();
  setStatus(requestId, status);
  return <RefusalPage code={code} title={title} sentence={message} requestId={requestId} />;
}
