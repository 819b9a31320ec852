// Who we are to the host of a repository that is read: what it is connected with, where that is for the same host, else
// what the operator's file has for it. A token of an app is for this repository and for reading alone, and given back.
import { findForgeForWork } from "#lib/forges/service.ts";
import type { Scope } from "#lib/scope.ts";
import type { Credential } from "../git/mirror/remotes.ts";
import type { Source } from "../git/source/check-source.ts";
import { credentialFor } from "../git/source/credentials.ts";
import type { Workplace } from "../workplace.ts";
import { Answered, Silent } from "./github/api.ts";
import { noToken, onGitHub } from "./github/github.ts";
import { NEEDS } from "./github/with-token.ts";
import { isOfForge } from "./same-host.ts";

export interface Shown {
  readonly credential: Credential | undefined;
  /** Why what it is connected with could not be used; null where it could, or there is nothing. */
  readonly problem: string | null;
}

/** Where the forge gives no token, the work goes on without one: what is public can be read still. */
export async function withFetchCredential<T>(
  workplace: Pick<Workplace, "env" | "credentials">,
  scope: Scope,
  { repositoryId, source }: { readonly repositoryId: string; readonly source: Source },
  work: (shown: Shown) => Promise<T>,
): Promise<T> {
  const kept = credentialFor(workplace.credentials, source);
  const forge = source.kind === "https" ? await findForgeForWork(scope, repositoryId) : null;
  if (forge === null || !isOfForge(source, forge)) return work({ credential: kept, problem: null });
  try {
    const wanted = { needs: NEEDS.read };
    return await onGitHub(workplace, forge, { now: scope.clock.now(), wanted }, ({ credential }) =>
      work({ credential, problem: null }),
    );
  } catch (error) {
    if (error instanceof Answered) return work({ credential: kept, problem: noToken(error) });
    if (error instanceof Silent) return work({ credential: kept, problem: error.message });
    throw error;
  }
}
