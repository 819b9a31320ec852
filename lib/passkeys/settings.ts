import { webEnv } from "../env.ts";
import { refused } from "../errors.ts";
import { type RelyingParty, whyNoPasskeys } from "./rules.ts";

/** The address people open decides it. */
export function publicAddress(): URL {
  return new URL(webEnv().PILOTHOUSE_URL);
}

/** Throws where browsers keep no passkeys for this address. */
export function relyingParty(): RelyingParty {
  const url = publicAddress();
  const why = whyNoPasskeys(url);
  if (why !== null) throw refused(why);
  return { id: url.hostname, origin: url.origin };
}
