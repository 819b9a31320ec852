import { redirect } from "next/navigation";
import { z } from "zod";
import { SignIn } from "#components/sign-in/sign-in.tsx";
import { safeNext } from "#lib/auth/rules.ts";
import { page } from "#lib/guard/page.tsx";
import { publicHost } from "#lib/guard/public-host.ts";
import { signIn } from "../actions.ts";

export const metadata = { title: "Sign in" };

export default page({
  permission: "public",
  query: z.object({ next: z.string().catch("/") }),
  handler: ({ session, query }) => {
    const next = safeNext(query.next);
    if (session) redirect(next);
    return <SignIn host={publicHost()} next={next} action={signIn} />;
  },
});
