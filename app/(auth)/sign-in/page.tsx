import { redirect } from "next/navigation";
import { z } from "zod";
import { SignIn } from "#components/sign-in/sign-in.tsx";
import { safeNext } from "#lib/auth/rules.ts";
import { mayComeBack } from "#lib/auth/sessions.ts";
import { page } from "#lib/guard/page.tsx";
import { publicHost } from "#lib/guard/public-host.ts";
import { keptSessionId } from "#lib/guard/session-cookie.ts";
import { REFUSALS } from "#lib/sso/rules.ts";
import { SsoRefusal } from "#lib/sso/schema.ts";
import { signInWays } from "#lib/sso/ways.ts";
import { signIn } from "../actions.ts";

export const metadata = { title: "Sign in" };

export default page({
  permission: "public",
  query: z.object({
    next: z.string().catch("/"),
    refused: SsoRefusal.optional().catch(undefined),
    /** The one person who may sign in past the provider asks for the form. */
    local: z.string().optional().catch(undefined),
    /** The provider was asked already whether it still knows the browser, or need not be. */
    asked: z.string().optional().catch(undefined),
  }),
  handler: async ({ scope, session, query }) => {
    const next = safeNext(query.next);
    if (session) redirect(next);
    const { provider, passwords } = signInWays();
    const isNew = query.refused === undefined && query.asked === undefined;
    if (provider !== null && isNew && (await mayComeBack(scope, await keptSessionId())))
      redirect(`/sign-in/sso?silent=1&next=${encodeURIComponent(next)}`);
    return (
      <SignIn
        host={publicHost()}
        next={next}
        notice={query.refused ? REFUSALS[query.refused] : null}
        provider={provider}
        passwords={passwords === "anybody" ? "shown" : query.local ? "emergency" : "hidden"}
        action={signIn}
      />
    );
  },
});
