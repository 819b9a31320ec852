// A message as plain text, for those who read it in a chat or a mail.
import { MINUTE } from "#lib/clock.ts";
import type { Message, MessageItem } from "#lib/notices/schema.ts";

/** Of an invitation: the whole address that lets its reader in, and when it ends. */
export interface Invited {
  readonly link: string;
  readonly endsAt: Date;
}

/** "3 h 20 min" */
export function timeLeft(expiresAt: Date, now: number): string {
  const minutes = Math.floor((expiresAt.getTime() - now) / MINUTE);
  if (minutes < 1) return "less than a minute";
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${rest} min` : `${rest} min`;
}

const momentOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

export const DECIDE = "Decisions are taken in Pilothouse only; an answer to this message does nothing.";

export function deadline({ expiresAt }: MessageItem, now: number): string | null {
  if (expiresAt === null) return null;
  return `Time left: ${timeLeft(expiresAt, now)} (until ${momentOf(expiresAt)}), then it counts as denied.`;
}

export const linesOf = (item: MessageItem, now: number): readonly string[] => [
  ...item.lines,
  ...(deadline(item, now) === null ? [] : [deadline(item, now) ?? ""]),
];

export const moreLine = ({ more }: Message): string =>
  more === 1 ? "One more is in Pilothouse." : `${more} more are in Pilothouse.`;

/** Everything somebody needs who has never been here. */
export function invitationText({ title, url }: Message, { link, endsAt }: Invited): string {
  const parts = [
    `${title} at ${url}.`,
    `With this link you come in and set a password. It works once, until ${momentOf(endsAt)}:`,
    link,
    "Whoever has the link comes in as you: pass it on to nobody. If you expect no invitation, do nothing.",
  ];
  return `${parts.join("\n\n")}\n`;
}

export function plainText(message: Message, now: number): string {
  if (message.isTest) return `${message.title}.\n\nNothing has to be done.\n\n${message.url}\n`;
  const items = message.items.map((item) => [item.title, ...linesOf(item, now), item.url].join("\n"));
  const last = message.items.some(({ expiresAt }) => expiresAt !== null) ? [DECIDE] : [];
  return `${[...items, ...(message.more > 0 ? [`${moreLine(message)}\n${message.url}`] : []), ...last].join("\n\n")}\n`;
}
