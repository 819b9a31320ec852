// From an approved commit to a merged pull request. Each step asks first what is there, so that whoever comes after a
// crash, or beside another, goes on where things stand.
import { DAY } from "#lib/clock.ts";
import { plainLine } from "../../git/sentences.ts";
import type { CameIn } from "../came-in.ts";
import { type ForgeOrder, movedTo, type Published } from "../forge.ts";
import { Answered, type GitHubApi, goneSaid, isGone, Silent } from "./api.ts";
import { type Signs, setCheck } from "./checks.ts";
import {
  branchOf,
  closePull,
  findPull,
  headOf,
  holds,
  mergePull,
  openPull,
  type Pull,
  type Repository,
  readCommit,
  readPull,
} from "./pulls.ts";
import { takesPullsOnly } from "./rules.ts";

/** What a push came to where it did not arrive. */
export type NotPushed = Extract<Published, { readonly outcome: "refused" | "unreachable" }>;

/** Where a pull request stands, for people to see. */
export interface Step {
  readonly step: "opened" | "checked" | "waits" | "merged" | "closed";
  readonly number: number;
  readonly url: string;
}

export interface GitHubPlace {
  readonly api: GitHubApi;
  readonly at: Repository;
  readonly signs: Signs;
  /** Without force. Null where the branch stands at the commit now. */
  push(branch: string, commit: string): Promise<NotPushed | null>;
  /** Puts the order's branch at its commit where it stands at its base, in one step. Null where it stands at the commit now. */
  move(): Promise<NotPushed | null>;
  /** How the order's commit came to its branch, of which that is the head; null where it did not. */
  cameIn(head: string): Promise<CameIn | null>;
  stands(step: Step): Promise<void>;
}

/** What GitHub does not take for so long is given up: the run goes back into review, with what was said. */
export const WAITS_FOR = DAY;

export async function publishOnGitHub(place: GitHubPlace, order: ForgeOrder): Promise<Published> {
  try {
    return await publish(place, order);
  } catch (error) {
    if (error instanceof Silent) return { outcome: "unreachable", sentence: error.message };
    if (error instanceof Answered) return refusedBy(error);
    throw error;
  }
}

const refusedBy = ({ status, said }: Answered): Published =>
  isGone({ status })
    ? { outcome: "refused", sentence: goneSaid({ status }) }
    : status === 401
      ? {
          outcome: "unreachable",
          sentence: "GitHub does not take the credential any more. Connect the repository anew.",
        }
      : { outcome: "refused", sentence: `GitHub refused it (${status}): ${plainLine(said, 300)}.` };

async function publish(place: GitHubPlace, order: ForgeOrder): Promise<Published> {
  const { api, at } = place;
  const known = await findPull(api, at, order);
  const actual = await headOf(api, at, order.branch);
  const before = await arrived(place, order, known, actual);
  if (before) return before;
  if (known && known.head.sha !== order.commit) return withdraw(place, order, known, OTHER_COMMIT);
  if (known?.state === "closed") return withdraw(place, order, known, CLOSED);
  const held = await order.held();
  if (held !== null)
    return known ? withdraw(place, order, known, held) : { outcome: "refused", sentence: held };
  if (actual !== order.base) {
    const withdrawn = known ? await withdraw(place, order, known, MOVED) : null;
    return withdrawn?.outcome === "moved" ? withdrawn : { outcome: "base_moved", actual };
  }
  const failure = known ? null : await place.push(branchOf(order.mergeId), order.commit);
  if (failure) return failure;
  const pull = known ?? (await openPull(api, at, order));
  await stands(place, pull, "opened");
  await setCheck(api, at, place.signs, order);
  await stands(place, pull, "checked");
  if (await takesPullsOnly(api, at, order.branch)) return merge(place, order, pull);
  const unmoved = await place.move();
  if (unmoved === null) return asItIs(place, order, pull);
  return unmoved.outcome === "unreachable" ? unmoved : insteadOf(place, order, pull);
}

/** The branch holds our commit itself. GitHub shows the pull request as merged by then, or in a moment. */
async function asItIs(place: GitHubPlace, order: ForgeOrder, pull: Pull | null): Promise<Published> {
  if (pull) await stands(place, pull, "merged");
  return { outcome: "moved", commit: order.commit, otherTree: null };
}

/** The branch was not put at our commit: it moved meanwhile, or its rules want a merge by the pull request. */
async function insteadOf(place: GitHubPlace, order: ForgeOrder, pull: Pull): Promise<Published> {
  const actual = await headOf(place.api, place.at, order.branch);
  if (actual === order.base) return merge(place, order, pull);
  if (actual === order.commit) return asItIs(place, order, pull); // another worker was quicker
  const withdrawn = await withdraw(place, order, pull, MOVED);
  return withdrawn.outcome === "moved" ? withdrawn : { outcome: "base_moved", actual };
}

/** What was done before and not written down; null where our commit did not arrive. */
async function arrived(
  place: GitHubPlace,
  order: ForgeOrder,
  pull: Pull | null,
  head: string | null,
): Promise<Published | null> {
  const { api, at } = place;
  if (head === order.commit) return asItIs(place, order, pull);
  if (head !== null && head !== order.base) {
    if (pull && (await namesMerge(place, order, pull, head)))
      return landed(place, order, pull, pull.merge_commit_sha);
    if (await holds(api, at, { commit: order.commit, head })) return heldBy(place, order, head);
  }
  return pull?.merged ? landed(place, order, pull, pull.merge_commit_sha) : null;
}

/** Of a commit that came there otherwise GitHub may name a merge that it only tried, and which is on no branch. */
async function namesMerge({ api, at }: GitHubPlace, order: ForgeOrder, pull: Pull, head: string) {
  const by = pull.merged ? pull.merge_commit_sha : null;
  return by !== null && by !== order.commit && (await holds(api, at, { commit: by, head }));
}

/** The branch stands elsewhere and holds our commit: the pull request may have been merged after it was read. */
async function heldBy(place: GitHubPlace, order: ForgeOrder, head: string): Promise<Published> {
  const pull = await findPull(place.api, place.at, order);
  if (pull?.merged && pull.merge_commit_sha === null) throw new Silent(UNNAMED);
  if (pull && (await namesMerge(place, order, pull, head)))
    return landed(place, order, pull, pull.merge_commit_sha);
  const came = await place.cameIn(head);
  if (came === null) throw new Silent("The branch moved while it was read.");
  if (came.commit === order.commit) return asItIs(place, order, pull);
  if (pull) await stands(place, pull, "merged");
  return movedTo(order, came);
}

async function merge(place: GitHubPlace, order: ForgeOrder, pull: Pull): Promise<Published> {
  const merging = await mergePull(place.api, place.at, pull, order);
  // The condition of the merge is on the head alone: where it went is asked afterwards.
  if (merging.outcome === "merged")
    return landed(place, order, await readPull(place.api, place.at, pull.number), merging.commit);
  const said = plainLine(merging.said, 300);
  switch (merging.outcome) {
    case "changed":
      return withdraw(place, order, pull, OTHER_COMMIT);
    case "refused":
      return withdraw(place, order, pull, `GitHub refused the merge: ${said}.`);
    case "waits": {
      if (order.now() - order.since.getTime() >= WAITS_FOR)
        return withdraw(place, order, pull, `GitHub did not take the merge for a day: ${said}.`);
      await stands(place, pull, "waits");
      return {
        outcome: "unreachable",
        sentence: `Pull request #${pull.number} waits; GitHub says: ${said}.`,
      };
    }
  }
}

const UNNAMED = "GitHub does not say yet which commit the merge is.";
const OTHER_COMMIT = "Somebody pushed to the branch of the pull request; what stands there was not approved.";
const ELSEWHERE =
  "Somebody pointed the pull request at another branch, and it was merged there; its own branch did not move.";
const CLOSED = "Somebody closed the pull request on GitHub.";
const MOVED = "The base moved; the approval is void.";

const stands = (place: GitHubPlace, { number, html_url: url }: Pull, step: Step["step"]) =>
  place.stands({ step, number, url });

/** Nothing of it stays open to be merged by others. */
async function withdraw(
  place: GitHubPlace,
  order: ForgeOrder,
  pull: Pull,
  sentence: string,
): Promise<Published> {
  const { api, at, signs } = place;
  await setCheck(api, at, signs, order, { passed: false, sentence });
  const now = await readPull(api, at, pull.number);
  if (now.merged) return landed(place, order, now, now.merge_commit_sha); // somebody was quicker
  if (now.state === "open") await closePull(api, at, pull);
  await stands(place, pull, "closed");
  return { outcome: "refused", sentence };
}

/** GitHub made the merge commit, so what it holds is looked at. */
async function landed(
  place: GitHubPlace,
  order: ForgeOrder,
  pull: Pull,
  commit: string | null,
): Promise<Published> {
  if (pull.base.ref !== order.branch) {
    await setCheck(place.api, place.at, place.signs, order, { passed: false, sentence: ELSEWHERE });
    await stands(place, pull, "closed");
    return { outcome: "refused", sentence: ELSEWHERE };
  }
  if (commit === null) throw new Silent(UNNAMED);
  const made = await readCommit(place.api, place.at, commit);
  await stands(place, pull, "merged");
  return movedTo(order, { commit, ...made });
}
