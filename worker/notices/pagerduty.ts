// PagerDuty Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ . The dedup_key is the
// delivery's id, so a second try joins the first's alert, and a resolve event ends it.
import type { Message } from "#lib/notices/schema.ts";
import type { Posting } from "./post.ts";
import { DECIDE, linesOf, moreLine } from "./words.ts";

export const PAGERDUTY: Readonly<Record<"us" | "eu", string>> = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
};
const LONGEST_SUMMARY = 1024;

const severityOf = ({ grave, isTest }: Message): string => (isTest ? "info" : grave ? "critical" : "warning");

export function pagerDutyPosting(
  message: Message,
  { url, routingKey, now }: { readonly url: string; readonly routingKey: string; readonly now: number },
): Posting {
  if (message.resolves !== undefined) {
    const resolve = { routing_key: routingKey, event_action: "resolve", dedup_key: message.resolves };
    return { url, headers: {}, body: JSON.stringify(resolve) };
  }
  const [first] = message.items;
  const details = message.items.map((item) => ({
    title: item.title,
    facts: linesOf(item, now),
    url: item.url,
  }));
  const body = {
    routing_key: routingKey,
    event_action: "trigger",
    dedup_key: message.id,
    client: "Pilothouse",
    client_url: message.url,
    links: message.items.map((item) => ({ href: item.url, text: item.title })),
    payload: {
      summary: message.title.slice(0, LONGEST_SUMMARY),
      source: "pilothouse",
      severity: severityOf(message),
      timestamp: message.madeAt.toISOString(),
      class: message.isTest ? "test" : (first?.kind ?? "several"),
      custom_details: {
        items: details,
        ...(message.more > 0 ? { more: moreLine(message) } : {}),
        ...(message.items.some(({ expiresAt }) => expiresAt !== null) ? { note: DECIDE } : {}),
      },
    },
  };
  return { url, headers: {}, body: JSON.stringify(body) };
}
