// Slack's incoming webhooks. What people wrote goes into `plain_text`, where nothing is markup and nothing becomes a link;
// the one piece of mrkdwn is our own link. https://docs.slack.dev/messaging/formatting-message-text
import type { Message, MessageItem } from "#lib/notices/schema.ts";
import type { Posting } from "./post.ts";
import { DECIDE, linesOf, moreLine } from "./words.ts";

/** The three characters that begin anything in mrkdwn. */
export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A section's text takes 3,000 characters. */
const LONGEST = 2900;

const plain = (text: string) => ({
  type: "section",
  text: { type: "plain_text", text: text.slice(0, LONGEST), emoji: false },
});
const link = (url: string) => ({
  type: "context",
  elements: [
    { type: "mrkdwn", text: `<${encodeURI(decodeURI(url)).replaceAll("|", "%7C")}|Open in Pilothouse>` },
  ],
});

const blocksOf = (item: MessageItem, now: number) => [
  plain([item.title, ...linesOf(item, now)].join("\n")),
  link(item.url),
];

export function slackPosting(
  message: Message,
  { url, now }: { readonly url: string; readonly now: number },
): Posting {
  const decides = message.items.some(({ expiresAt }) => expiresAt !== null);
  const blocks = message.isTest
    ? [plain(`${message.title}. Nothing has to be done.`), link(message.url)]
    : [
        ...message.items.flatMap((item) => blocksOf(item, now)),
        ...(message.more > 0 ? [plain(moreLine(message)), link(message.url)] : []),
        ...(decides ? [plain(DECIDE)] : []),
      ];
  const body = { text: escaped(message.title), unfurl_links: false, unfurl_media: false, blocks };
  return { url, headers: {}, body: JSON.stringify(body) };
}
