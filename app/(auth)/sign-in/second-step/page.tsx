import { redirect } from "next/navigation";
import { z } from "zod";
import { SecondStep } from "#components/sign-in/second-step.tsx";
import { safeNext } from "#lib/auth/rules.ts";
import { secondFactorsOf } from "#lib/auth/steps/open-session.ts";
import { peekStep } from "#lib/auth/steps/second-step.ts";
import { page } from "#lib/guard/page.tsx";
import { publicHost } from "#lib/guard/public-host.ts";
import { keptTicket } from "#lib/guard/session-cookie.ts";
import { askPasskey, secondStep, secondStepByPasskey } from "../../actions.ts";

export const metadata = { title: "Second step" };

export default page({
  permission: "public",
  query: z.object({ next: z.string().catch("/") }),
  handler: async ({ scope, session, query }) => {
    const next = safeNext(query.next);
    if (session) redirect(next);
    const ticket = peekStep(scope, await keptTicket());
    if (!ticket) redirect(`/sign-in?asked=1&next=${encodeURIComponent(next)}`);
    const { totp, passkey } = await secondFactorsOf(scope, ticket.carried.personId);
    return (
      <SecondStep
        host={publicHost()}
        next={next}
        action={totp ? secondStep : null}
        passkey={passkey ? { ask: askPasskey, action: secondStepByPasskey } : null}
      />
    );
  },
});
