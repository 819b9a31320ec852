// The identity provider: every request to it, and what its answers mean. What it says is checked by openid-client:
// issuer, audience, signature, times, nonce, state and PKCE.
import * as oidc from "openid-client";
import { MINUTE } from "../clock.ts";
import { Claims, GroupClaim, type Known, type SsoTicket } from "./schema.ts";
import type { SsoSettings } from "./settings.ts";

/** Seconds; somebody waits in front of it. */
const PATIENCE = 8;
/** Its keys are read anew by themselves; where it lives, after this. */
const REDISCOVER = 10 * MINUTE;

/** `down`: it may be asked again. `refused`: it said no. `not_ours`: what came is not the answer to what we asked. */
export class ProviderError extends Error {
  readonly outcome: "down" | "refused" | "not_ours";
  constructor(outcome: ProviderError["outcome"], cause: unknown) {
    super(`the identity provider: ${outcome}`, { cause });
    this.outcome = outcome;
  }
}

interface Discovered {
  readonly key: string;
  readonly at: number;
  readonly config: Promise<oidc.Configuration>;
}

const holder = globalThis as { pilothouseProvider?: Discovered | undefined };

const keyOf = ({ issuer, clientId, clientSecret }: SsoSettings) =>
  JSON.stringify([issuer.href, clientId, clientSecret]);

function discover({ issuer, clientId, clientSecret }: SsoSettings): Promise<oidc.Configuration> {
  // http is for a provider on this host alone; lib/env refuses any other.
  const insecure = issuer.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(issuer, clientId, clientSecret, undefined, {
    timeout: PATIENCE,
    execute: [oidc.enableNonRepudiationChecks, ...insecure],
  });
}

async function configOf(settings: SsoSettings): Promise<oidc.Configuration> {
  const key = keyOf(settings);
  const known = holder.pilothouseProvider;
  if (known?.key === key && performance.now() - known.at < REDISCOVER) return known.config;
  const config = discover(settings);
  holder.pilothouseProvider = { key, at: performance.now(), config };
  try {
    return await config;
  } catch (error) {
    holder.pilothouseProvider = undefined; // the next one asks again
    throw new ProviderError("down", error);
  }
}

/** A no about this person or this code, as OAuth 2.0 spells it; every other error of it is about us, or it is ill. */
const NO = ["invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required"];

function outcomeOf(error: unknown): ProviderError["outcome"] {
  if (error instanceof oidc.AuthorizationResponseError) return "refused";
  if (error instanceof oidc.ResponseBodyError) return NO.includes(error.error) ? "refused" : "down";
  if (error instanceof oidc.WWWAuthenticateChallengeError) return error.status < 500 ? "refused" : "down";
  if (!(error instanceof oidc.ClientError)) return "down";
  const answered = ["OAUTH_JWT_CLAIM_COMPARISON_FAILED", "OAUTH_JWT_TIMESTAMP_CHECK_FAILED"];
  const odd = [
    "OAUTH_INVALID_RESPONSE",
    "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED",
    "OAUTH_KEY_SELECTION_FAILED",
  ];
  return [...answered, ...odd].includes(error.code ?? "") ? "not_ours" : "down";
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProviderError ? error : new ProviderError(outcomeOf(error), error);
  }
}

export interface WayOut {
  readonly url: URL;
  readonly ticket: SsoTicket;
}

/** Where the browser goes, and what it has to bring back. `silent`: without asking the person anything. */
export function wayOut(
  settings: SsoSettings,
  redirectUri: string,
  { next, silent }: { readonly next: string; readonly silent: boolean },
): Promise<WayOut> {
  return asked(async () => {
    const config = await configOf(settings);
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: settings.scope,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...(settings.acr.length > 0 ? { acr_values: settings.acr.join(" ") } : {}),
      ...(silent ? { prompt: "none" } : {}),
    });
    return { url, ticket: { state, nonce, verifier, next, silent } };
  });
}

type Tokens = Pick<
  Awaited<ReturnType<typeof oidc.refreshTokenGrant>>,
  "access_token" | "refresh_token" | "claims"
>;

/** The ID token's claims, and those that are told at the userinfo endpoint alone. */
async function knownBy(
  config: oidc.Configuration,
  settings: SsoSettings,
  tokens: Tokens,
  subject: string,
): Promise<Known> {
  const token = tokens.claims();
  if (token && token.sub !== subject) throw new ProviderError("not_ours", new Error("another subject"));
  const told = config.serverMetadata().userinfo_endpoint
    ? await oidc.fetchUserInfo(config, tokens.access_token, subject)
    : {};
  // Whether an address is verified is told of the address that is told beside it, and of no other.
  const { email, email_verified }: Record<string, unknown> = token?.email === undefined ? told : token;
  // How it was made sure is said of a sign-in, in its ID token; the userinfo endpoint tells of a person.
  const { acr, amr }: Record<string, unknown> = token ?? {};
  const all: Record<string, unknown> = { ...told, ...token, email, email_verified, acr, amr, sub: subject };
  const groups = GroupClaim.safeParse(all[settings.groupsClaim]);
  return {
    issuer: config.serverMetadata().issuer,
    claims: Claims.parse(all),
    groups: groups.success ? groups.data : [],
    refreshToken: tokens.refresh_token ?? null,
  };
}

/** Trades the code of the way back for who it is. `search`: the query the browser came with. */
export function wayBack(
  settings: SsoSettings,
  redirectUri: string,
  search: string,
  { state, nonce, verifier }: SsoTicket,
): Promise<Known> {
  return asked(async () => {
    const config = await configOf(settings);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(`${redirectUri}${search}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const subject = tokens.claims()?.sub;
    if (!subject) throw new ProviderError("not_ours", new Error("no ID token"));
    return knownBy(config, settings, tokens, subject);
  });
}

interface Asked {
  readonly issuer: string;
  readonly subject: string;
}

/** Asks whether the person is still there, by the token that was kept; it goes to nobody but who gave it. */
export function askAgain(
  settings: SsoSettings,
  refreshToken: string,
  { issuer, subject }: Asked,
): Promise<Known> {
  return asked(async () => {
    const config = await configOf(settings);
    if (config.serverMetadata().issuer !== issuer)
      throw new ProviderError("down", new Error("another issuer"));
    const known = await knownBy(
      config,
      settings,
      await oidc.refreshTokenGrant(config, refreshToken),
      subject,
    );
    return { ...known, refreshToken: known.refreshToken ?? refreshToken };
  });
}
