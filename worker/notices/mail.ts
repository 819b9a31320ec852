// Mail by SMTP, over TLS unless an operator allows this host's own server without. Text only; one recipient; the same
// Message-ID at every try.
import nodemailer from "nodemailer";
import { SECOND } from "#lib/clock.ts";
import { isLoopback } from "#lib/notices/rules.ts";
import { MailAddress, type Message, SmtpSettings } from "#lib/notices/schema.ts";
import type { Outcome } from "#lib/notices/settle-delivery.ts";
import { down, reasonOf, refusedBy, SENT } from "./outcome.ts";
import type { PostLimits } from "./post.ts";
import { reachable } from "./reach.ts";
import { type Invited, invitationText, plainText } from "./words.ts";

export interface Mailing {
  readonly message: Message;
  readonly settings: unknown;
  /** Null where the server asks for nobody. */
  readonly password: string | null;
  readonly address: string;
  readonly now: number;
  readonly invited?: Invited;
}

/** Of a whole exchange with the server, which has several steps. */
const MAIL_TIMES = 4;
const LONGEST_SUBJECT = 150;

/** A header is one line, whatever a title holds. */
export const subjectOf = ({ title, grave }: Pick<Message, "title" | "grave">): string =>
  `${grave ? "[grave] " : ""}${title}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, LONGEST_SUBJECT);

export async function sendMail(mailing: Mailing, limits: PostLimits): Promise<Outcome> {
  const settings = SmtpSettings.parse(mailing.settings);
  const to = MailAddress.safeParse(mailing.address);
  if (!to.success) return refusedBy("The person's e-mail address cannot be written to.");
  if (
    settings.security === "none" &&
    !(isLoopback(settings.host) && limits.allowedHosts.includes(settings.host))
  )
    return down("Mail goes out over TLS only.");
  const [address = ""] = await reachable(settings.host, limits);
  const transport = nodemailer.createTransport({
    ...{ host: address, port: settings.port, secure: settings.security === "tls" },
    ...(settings.security === "starttls" ? { requireTLS: true } : {}),
    ...(settings.security === "none" ? { ignoreTLS: true } : {}),
    ...(mailing.password === null ? {} : { auth: { user: settings.user, pass: mailing.password } }),
    tls: { servername: settings.host, ...(limits.ca === undefined ? {} : { ca: limits.ca }) },
    ...{ connectionTimeout: limits.timeout, greetingTimeout: limits.timeout, socketTimeout: limits.timeout },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DOMException("too long", "TimeoutError")),
    Math.min(limits.timeout * MAIL_TIMES, 60 * SECOND),
  );
  try {
    await Promise.race([transport.sendMail(letterOf(mailing, settings, to.data)), tooLong]);
    return SENT;
  } catch (error) {
    return judge(error);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);

function letterOf({ message, now, invited }: Mailing, { from }: SmtpSettings, to: string) {
  return {
    from: { name: "Pilothouse", address: from },
    to: { name: "", address: to },
    envelope: { from, to: [to] },
    messageId: `<${message.id}@${domainOf(from)}>`,
    date: message.madeAt,
    subject: subjectOf(message),
    text: invited ? invitationText(message, invited) : plainText(message, now),
    headers: { "auto-submitted": "auto-generated", "x-auto-response-suppress": "All" },
  };
}

/** Refused is what the server has against this recipient or letter; what it has against us makes the channel fail. */
function judge(error: unknown): Outcome {
  const { responseCode, command } = error as { responseCode?: unknown; command?: unknown };
  if (typeof responseCode !== "number") return down(reasonOf(error));
  const reason = `The mail server answered ${responseCode}.`;
  if (error instanceof Error && "code" in error && error.code === "EAUTH") return down(reasonOf(error));
  const isOfLetter = (command === "DATA" || command === "RCPT TO") && responseCode >= 500;
  return isOfLetter ? refusedBy(reason) : down(reason);
}
