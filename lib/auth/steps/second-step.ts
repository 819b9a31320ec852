// The second step of signing in. The ticket of the first opens nothing by itself: it lets its bearer try a code, for ten
// minutes, and is used up by the one that is right.
import { z } from "zod";
import { type Tx, transaction } from "../../db.ts";
import { AppError } from "../../errors.ts";
import type { Assertion } from "../../passkeys/schema.ts";
import type { SigningOptions } from "../../passkeys/sign-approval.ts";
import { askFactor, checkFactor, takeFactorQuestion } from "../../passkeys/sign-in-factor.ts";
import type { Scope } from "../../scope.ts";
import { type CameBySso, openBySso } from "../../sso/open-sso.ts";
import { isRecoveryCode, ownId, removeOwnTotp, takeCode, WRONG_CODE } from "../../totp/service.ts";
import type { OpenedSession, Visitor } from "../schema.ts";
import { writeRefusal } from "../tries/refusals.ts";
import { countTry, forgetTries, throttleKey } from "../tries/throttle.ts";
import { openSignedIn, type Shown, type StepDue } from "./open-session.ts";
import { openTicket, sealTicket, spendTicket, type Ticket } from "./tickets.ts";

const Carried = z.discriminatedUnion("method", [
  z.object({ personId: z.string(), method: z.enum(["password", "link"]) }),
  z.object({
    ...{ personId: z.string(), method: z.literal("sso"), identityId: z.string() },
    refreshToken: z.string().nullable(),
    saidAt: z.number(),
  }),
]);

/** Browsers keep cookies of 4 KiB. Without the token the provider is asked by way of the browser, each hour. */
const LONGEST_TOKEN = 2000;

/** The provider said who it is; who it is shows a second step of their own. */
export const stepAfterSso = (scope: Scope, came: CameBySso): StepDue => {
  const { refreshToken } = came;
  const kept = refreshToken !== null && refreshToken.length <= LONGEST_TOKEN ? refreshToken : null;
  return { ticket: sealTicket(scope, "second_step", { ...came, refreshToken: kept, method: "sso" }) };
};

type Step = z.infer<typeof Carried>;

const openStepped = (
  tx: Tx,
  scope: Scope,
  step: Step,
  { visitor, factor }: Required<Pick<Shown, "visitor" | "factor">>,
): Promise<OpenedSession> =>
  step.method === "sso"
    ? openBySso(tx, scope, step, { visitor, factor })
    : openSignedIn(tx, scope, { ...step, visitor, factor });

export const stepDue = (scope: Scope, { personId, method }: Pick<Shown, "personId" | "method">): StepDue => ({
  ticket: sealTicket(scope, "second_step", { personId, method }),
});

/** Whose second step the ticket is for; null: begin again. */
export const peekStep = (scope: Scope, sealed: string | null): Ticket<z.infer<typeof Carried>> | null =>
  openTicket(scope, "second_step", Carried, sealed);

const OVER = "This took more than ten minutes, or was used already. Sign in again.";

// By person alone: guesses from many addresses count together. A session already open goes on.
const keyOf = (personId: string) => throttleKey("code", personId);

const wrong = () =>
  new AppError("unauthenticated", "The code is not right.", { fields: { code: [WRONG_CODE] } });

/** Opens the session for a fresh code or an unused recovery code. */
export async function takeSecondStep(
  scope: Scope,
  {
    sealed,
    code,
    visitor,
  }: { readonly sealed: string | null; readonly code: string; readonly visitor: Visitor },
): Promise<OpenedSession> {
  const ticket = peekStep(scope, sealed);
  if (!ticket) throw new AppError("expired", OVER);
  const { personId } = ticket.carried;
  // A recovery code is 80 random bits: counting its tries keeps nobody out but whom somebody else's guesses did.
  if (!isRecoveryCode(code))
    await countTry(scope, keyOf(personId), () => writeRefusal(scope, visitor, personId, "waiting"));
  const opened = await transaction(scope, async (tx) => {
    const factor = await takeCode(tx, scope, personId, code);
    if (factor === null) return null;
    if (!(await spendTicket(tx, scope, ticket))) throw new AppError("expired", OVER);
    await forgetTries(tx, scope, keyOf(personId));
    return openStepped(tx, scope, ticket.carried, { visitor, factor });
  });
  if (opened) return opened;
  await writeRefusal(scope, visitor, personId, "wrong_code");
  throw wrong();
}

/** What the passkeys of whoever the ticket is for are asked. */
export async function askPasskeyStep(
  scope: Scope,
  sealed: string | null,
): Promise<{ readonly options: SigningOptions }> {
  const ticket = peekStep(scope, sealed);
  if (!ticket) throw new AppError("expired", OVER);
  return { options: await askFactor(scope, ticket.carried.personId) };
}

/** Opens the session for an answer of one of the person's confirmed passkeys. */
export async function takePasskeyStep(
  scope: Scope,
  {
    sealed,
    answer,
    visitor,
  }: { readonly sealed: string | null; readonly answer: Assertion; readonly visitor: Visitor },
): Promise<OpenedSession> {
  const ticket = peekStep(scope, sealed);
  if (!ticket) throw new AppError("expired", OVER);
  const { personId } = ticket.carried;
  await countTry(scope, keyOf(personId), () => writeRefusal(scope, visitor, personId, "waiting"));
  try {
    const challenge = await takeFactorQuestion(scope, personId, answer);
    return await transaction(scope, async (tx) => {
      await checkFactor(tx, scope, personId, { challenge, answer });
      if (!(await spendTicket(tx, scope, ticket))) throw new AppError("expired", OVER);
      await forgetTries(tx, scope, keyOf(personId));
      return openStepped(tx, scope, ticket.carried, { visitor, factor: "passkey" });
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "refused")
      await writeRefusal(scope, visitor, personId, "wrong_code");
    throw error;
  }
}

/** Takes one's own codes away, by a fresh one; guesses are counted with those of signing in. */
export async function giveUpTotp(scope: Scope, code: string, visitor: Visitor): Promise<void> {
  const key = keyOf(ownId(scope));
  await countTry(scope, key, () => writeRefusal(scope, visitor, ownId(scope), "waiting"));
  await removeOwnTotp(scope, code);
  await transaction(scope, (tx) => forgetTries(tx, scope, key));
}
