// Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): the id, the time and
// the bytes are signed with HMAC-SHA256; while a secret is being changed, with both.
import { createHmac } from "node:crypto";
import type { Message } from "#lib/notices/schema.ts";
import type { Posting } from "./post.ts";

const PREFIX = "whsec_";

/** `v1,` and base64. The secret is the bytes behind the prefix. */
export function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64")}`;
}

/** The same at every try, but for what was settled in between. */
export function webhookBody(message: Message): string {
  const [first] = message.items;
  const isOne = message.items.length === 1 && message.more === 0;
  const type = message.isTest ? "test" : isOne && first ? first.kind : "several";
  return JSON.stringify({
    type: `pilothouse.${type}`,
    timestamp: message.madeAt.toISOString(),
    data: {
      title: message.title,
      grave: message.grave,
      url: message.url,
      more: message.more,
      items: message.items.map((item) => ({
        ...{ kind: item.kind, title: item.title, lines: item.lines, url: item.url },
        ...{ at: item.at.toISOString(), expires_at: item.expiresAt?.toISOString() ?? null },
        ...{ pilot: item.pilotId, ...item.ids },
      })),
    },
  });
}

/** `now` in milliseconds. A receiver refuses what is older than some minutes, so each try has a time of its own. */
export function webhookPosting(
  message: Message,
  { url, signing, now }: { readonly url: string; readonly signing: readonly string[]; readonly now: number },
): Posting {
  const body = webhookBody(message);
  const timestamp = Math.floor(now / 1000);
  return {
    url,
    body,
    headers: {
      "webhook-id": message.id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signing
        .map((secret) => signatureOf(secret, message.id, timestamp, body))
        .join(" "),
    },
  };
}
