// GitHub as a forge: a pull request with our check, merged by us.
import type { ForgeForWork, PullStep } from "#lib/forges/connections/schema.ts";
import { forgePlace } from "#lib/forges/rules.ts";
import { Credential } from "#lib/releases/callbacks/schema.ts";
import { openForgeCredential } from "#lib/sealing/forge-credential.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import type { UpstreamBranch } from "../../git/publish/authority.ts";
import { moveBranch, pushBranch } from "../../git/publish/publish-commit.ts";
import { POST_TIMEOUT, type PostLimits } from "../../notices/post.ts";
import type { Workplace } from "../../workplace.ts";
import { cameInUpstream } from "../came-in.ts";
import type { Forge, ForgeOrder, Published } from "../forge.ts";
import { isOfForge } from "../same-host.ts";
import { Answered, goneSaid, isGone, Silent } from "./api.ts";
import { type NotPushed, publishOnGitHub } from "./publish.ts";
import { NEEDS, type Opened, type Wanted, withToken } from "./with-token.ts";

export interface Stands {
  readonly number: number;
  readonly url: string;
  readonly step: PullStep;
}

const LOCKED = "What GitHub is spoken to with cannot be opened by this worker. Connect the repository anew.";

export const limitsOf = ({ env }: Pick<Workplace, "env">): PostLimits => ({
  allowedHosts: env.PILOTHOUSE_NOTICE_HOSTS,
  timeout: POST_TIMEOUT,
});

/** In clear for as long as one piece of work takes. Null where this worker cannot open it. */
async function credentialOf(
  { env }: Pick<Workplace, "env">,
  forge: ForgeForWork,
): Promise<Credential | null> {
  const folder = env.PILOTHOUSE_NOTICE_KEYS;
  if (folder === undefined) return null;
  const { privateKey } = await keptKeyPair(folder);
  const place = { connectionId: forge.id, address: forge.address };
  try {
    return Credential.parse(JSON.parse(openForgeCredential(privateKey, place, forge.sealed)));
  } catch {
    return null; // said on the page
  }
}

/** Throws Silent or Answered. */
export async function onGitHub<T>(
  workplace: Pick<Workplace, "env">,
  forge: ForgeForWork,
  {
    now,
    wanted,
    longestRead,
  }: { readonly now: number; readonly wanted: Wanted; readonly longestRead?: number },
  work: (opened: Opened & { readonly owner: string; readonly repo: string }) => Promise<T>,
): Promise<T> {
  const limits = { ...limitsOf(workplace), ...(longestRead === undefined ? {} : { longestRead }) };
  const place = forgePlace(forge.address, limits.allowedHosts);
  const credential = await credentialOf(workplace, forge);
  if (credential === null) throw new Silent(LOCKED);
  const { owner, repo } = place;
  return withToken(place, credential, { limits, now, wanted }, (opened) => work({ ...opened, owner, repo }));
}

export function gitHub(
  workplace: Pick<Workplace, "env" | "workshop">,
  forge: ForgeForWork,
  upstream: UpstreamBranch,
  stands: (step: Stands) => Promise<void>,
): Forge {
  return {
    async publish(order): Promise<Published> {
      try {
        const wanted = { needs: NEEDS.merge, ...(order.changesWorkflows ? { ifGiven: WORKFLOWS } : {}) };
        return await onGitHub(workplace, forge, { now: order.now(), wanted }, (opened) => {
          const { api, owner, repo, credential } = opened;
          const shown = isOfForge(upstream.source, forge) ? { ...upstream, credential } : upstream;
          return publishOnGitHub(
            {
              ...{ api, at: { owner, repo }, signs: opened.app, stands },
              push: async (branch, commit) =>
                mayNot(opened, order) ?? (await pushBranch(shown, branch, commit)),
              move: () => moveBranch(shown, order.base, order.commit),
              cameIn: (head) => cameInUpstream(workplace.workshop, shown, { commit: order.commit, head }),
            },
            order,
          );
        });
      } catch (error) {
        if (error instanceof Silent) return { outcome: "unreachable", sentence: error.message };
        if (error instanceof Answered)
          return { outcome: isGone(error) ? "refused" : "unreachable", sentence: noToken(error) };
        throw error;
      }
    },
  };
}

const WORKFLOWS = { workflows: "write" } as const;
const NO_WORKFLOWS =
  "The patch changes files below .github/workflows, and the app that the repository is connected with may not. Give it the permission to write workflows on GitHub and accept that at its installation, then approve again.";

/** Of a token it is known only once GitHub is asked. */
const mayNot = (
  { installed }: Opened,
  { changesWorkflows }: Pick<ForgeOrder, "changesWorkflows">,
): NotPushed | null =>
  changesWorkflows && installed !== null && installed.permissions.workflows !== WORKFLOWS.workflows
    ? { outcome: "refused", sentence: NO_WORKFLOWS }
    : null;

export const noToken = ({ status }: Answered): string =>
  isGone({ status })
    ? goneSaid({ status })
    : `GitHub gave no token for the repository (${status}). Look at the app, its key, its installation and what it may do.`;
