// Tells what was decided about releases to whoever waits for it.
import type { KeyObject } from "node:crypto";
import type { Logger } from "#lib/logger.ts";
import { Credential } from "#lib/releases/callbacks/schema.ts";
import {
  type CallOutcome,
  settleCallback,
  type ToTell,
  takeCallbacks,
} from "#lib/releases/callbacks/tell-decision.ts";
import type { Scope } from "#lib/scope.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import { openCredential } from "#lib/sealing/release-credential.ts";
import type { NoticeWorkplace } from "../notices/notice-sender.ts";
import { down, reasonOf } from "../notices/outcome.ts";
import { POST_TIMEOUT, type PostLimits } from "../notices/post.ts";
import { tellGitHub } from "./github.ts";

export interface CallingBack {
  /** Opens what credentials are sealed to. */
  readonly privateKey: KeyObject;
  readonly limits: PostLimits;
  readonly logger: Pick<Logger, "warn">;
}

/** How many were told, or tried. */
export async function callBack(scope: Scope, calling: CallingBack): Promise<number> {
  const taken = await takeCallbacks(scope);
  await Promise.all(taken.map((one) => callOne(scope, calling, one)));
  return taken.length;
}

async function callOne(scope: Scope, calling: CallingBack, one: ToTell): Promise<void> {
  const outcome = await attempt(one, calling, scope.clock.now());
  if (outcome.outcome !== "sent")
    calling.logger.warn(
      { callbackId: one.callback.id, outcome: outcome.outcome, why: outcome.reason },
      "a release's decision was not taken",
    );
  await settleCallback(scope, one, outcome);
}

async function attempt(one: ToTell, { privateKey, limits }: CallingBack, now: number): Promise<CallOutcome> {
  const credential = credentialOf(one, privateKey);
  if (credential === null) return down("What it is told with cannot be opened by this worker. Set it anew.");
  try {
    return await tellGitHub(one, credential, { limits, now });
  } catch (error) {
    return down(reasonOf(error));
  }
}

/** In clear for as long as one call takes. */
function credentialOf({ callback }: ToTell, privateKey: KeyObject): Credential | null {
  const { credentialId, host, sealed } = callback;
  try {
    return Credential.parse(JSON.parse(openCredential(privateKey, { credentialId, host }, sealed)));
  } catch {
    return null; // said on the page
  }
}

/** Without a folder for the key there is nothing to seal to, so there is no credential and nothing is told. */
export function createCaller({ env, logger }: NoticeWorkplace): (scope: Scope) => Promise<unknown> {
  const folder = env.PILOTHOUSE_NOTICE_KEYS;
  let opened: CallingBack | undefined;
  return async (scope) => {
    if (folder === undefined) return;
    const limits = { allowedHosts: env.PILOTHOUSE_NOTICE_HOSTS, timeout: POST_TIMEOUT };
    opened ??= { privateKey: (await keptKeyPair(folder)).privateKey, limits, logger };
    await callBack(scope, opened);
  };
}
