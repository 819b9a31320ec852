// What was said about a run's patches, and what this person may say.
import type { Talk } from "#components/review/comments/talk.ts";
import { steeringOf } from "#lib/agents/rules.ts";
import { can } from "#lib/authz/rules.ts";
import { NO_READER } from "#lib/comments/rules.ts";
import { listThreads } from "#lib/comments/service.ts";
import { steerNotice } from "#lib/messages/service.ts";
import { isEnded } from "#lib/runs/rules.ts";
import type { RunView } from "#lib/runs/schema.ts";
import type { Scope } from "#lib/scope.ts";
import { comment, reply, send, settle, whatWrote } from "./talk-actions.ts";

/** The caller has checked that the scope may see the run. */
export async function loadTalk(scope: Scope, run: RunView): Promise<Talk> {
  const isOpen = !isEnded(run.status) && scope.actor.kind === "user";
  const may = isOpen && can(scope.grants, "review.comment", run.pilotId);
  const notice = may ? await steerNotice(scope, run.id, "suggestion") : null;
  return {
    threads: await listThreads(scope, run.id),
    comment: may ? comment : null,
    reply: may ? reply : null,
    settle: may ? settle : null,
    send: may && can(scope.grants, "run.steer", run.pilotId) ? send : null,
    whyNotSent: whyNotSent(run),
    suggesting: notice && { text: notice.sentence, serious: !notice.isEnough },
    whatWrote,
  };
}

/** What can be said before anybody asks; the rest is asked when it is sent. */
function whyNotSent({ driver, status }: RunView): string | null {
  if (steeringOf(driver) === null) return NO_READER;
  return status === "in_review"
    ? null
    : `The run is ${status.replaceAll("_", " ")}: comments wait until it is in review.`;
}
