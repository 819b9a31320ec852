// The worker's turn at notices. Before the first one it makes or reads its key and publishes what secrets are sealed to.

import { publishNoticeKey } from "#lib/notices/publish-key.ts";
import type { Scope } from "#lib/scope.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import type { Workplace } from "../workplace.ts";
import { POST_TIMEOUT } from "./post.ts";
import { type Sending, sendNotices } from "./send-notices.ts";

export type NoticeWorkplace = Pick<Workplace, "env" | "logger">;

async function openSending({ env, logger }: NoticeWorkplace, folder: string, scope: Scope): Promise<Sending> {
  const { privateKey, publicKey } = await keptKeyPair(folder);
  await publishNoticeKey(scope, publicKey);
  const limits = { allowedHosts: env.PILOTHOUSE_NOTICE_HOSTS, timeout: POST_TIMEOUT };
  return { privateKey, baseUrl: env.PILOTHOUSE_URL, limits, logger };
}

/** Without a folder for the key there is nothing to seal to, so no channel was added and nothing is sent. */
export function createNoticeSender(workplace: NoticeWorkplace): (scope: Scope) => Promise<unknown> {
  const folder = workplace.env.PILOTHOUSE_NOTICE_KEYS;
  let opened: Sending | undefined;
  return async (scope) => {
    if (folder === undefined) return;
    opened ??= await openSending(workplace, folder, scope);
    await sendNotices(scope, opened);
  };
}
