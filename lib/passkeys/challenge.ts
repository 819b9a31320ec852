// Questions to an authenticator: each is asked of one person, lives a minute, and is taken once, whatever the answer.
import { type Tx, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Scope } from "../scope.ts";
import { CHALLENGE_LIFE } from "./rules.ts";
import { type ChallengeRow, insertChallenge, takeChallenge } from "./store.ts";

export type Purpose = "enrol" | "approve" | "sign_in";

interface Question {
  readonly personId: string;
  readonly purpose: Purpose;
  /** Base64url. */
  readonly challenge: string;
  readonly statement?: string;
}

export async function keepQuestion(tx: Tx, scope: Scope, question: Question): Promise<void> {
  const { personId, purpose, challenge, statement = null } = question;
  const now = scope.clock.now();
  const id = newId("passkey_challenge", now);
  const row = { id, personId, purpose, challenge, statement, expiresAt: new Date(now + CHALLENGE_LIFE) };
  await insertChallenge(tx.db, row, new Date(now));
}

/** What the browser says it was asked; null where that cannot be read. */
export function challengeIn(clientDataJSON: string): string | null {
  try {
    const said: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString("utf8"));
    const challenge =
      typeof said === "object" && said !== null && "challenge" in said ? said.challenge : null;
    return typeof challenge === "string" ? challenge : null;
  } catch {
    return null;
  }
}

/**
 * The question that was answered, in a transaction of its own, so that an answer which is refused uses it up as well.
 * Refused when it was answered before, was never asked of this person, or is too old.
 */
export async function takeQuestion(
  scope: Scope,
  personId: string,
  purpose: Purpose,
  clientDataJSON: string,
): Promise<ChallengeRow> {
  const challenge = challengeIn(clientDataJSON) ?? "";
  const question = await transaction(scope, (tx) => takeChallenge(tx.db, { personId, purpose, challenge }));
  if (!question)
    throw refused("What was signed is not what you were asked, or was used already. Sign again.");
  if (scope.clock.now() >= question.expiresAt.getTime())
    throw refused("What was signed was asked more than a minute ago. Sign again.");
  return question;
}
