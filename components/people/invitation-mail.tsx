import type { InvitationMailView } from "#lib/notices/schema.ts";
import { DELIVERY_FACES } from "../notices/words.ts";
import { Remark } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

/** Nobody tries to send it any more. */
export const isLost = (mail: InvitationMailView | null | undefined): boolean =>
  mail?.state === "failed" || mail?.state === "given_up";

/** How the mail with the newest link goes; null where that link was not mailed. */
export function InvitationMail({ mail }: { mail: InvitationMailView | null }) {
  if (mail === null) return "not mailed: there was no channel for mail when the link was made";
  const { tone, icon, word } = DELIVERY_FACES[mail.state];
  const at = mail.state === "sent" && mail.sentAt ? mail.sentAt : mail.madeAt;
  return (
    <>
      <Remark {...{ tone, icon }}>{word}</Remark>{" "}
      <span className="t3 sm">
        {mail.state === "sent" ? "taken by the mail server " : "made "}
        <RelativeTime at={at.toISOString()} />
      </span>
      {mail.reason && mail.state !== "sent" ? (
        <div className="t3 sm">
          <Visible text={mail.reason} />
        </div>
      ) : null}
      {isLost(mail) ? (
        <div className="t3 sm">
          Give them the link yourself, or send it again: a new link goes out, and this one ends.
        </div>
      ) : null}
    </>
  );
}
