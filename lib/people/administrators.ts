// Somebody has to be able to let others in: the last administrator stays one.
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { hasAdministratorBeside, lockAdministrators, selectAdministrators } from "./store.ts";

/** To be called before anything is taken, by whoever may take an administrator's role: they line up here. */
export async function holdAdministrators(tx: Tx): Promise<void> {
  await lockAdministrators(tx.db);
}

/** To be called after it was taken. Throws refused where nobody is left. */
export async function requireAdministrator(tx: Tx): Promise<void> {
  if ((await selectAdministrators(tx.db)).length > 0) return;
  throw refused(
    "This is the last administrator. Make somebody else an administrator first, without an end, and on everything.",
  );
}

/** Before single sign-on takes somebody out of a group: whether nobody would be left. There was somebody until now. */
export async function takesLastAdministrator(
  tx: Tx,
  membership: { readonly groupId: string; readonly personId: string },
): Promise<boolean> {
  if (await hasAdministratorBeside(tx.db, membership)) return false;
  return (await selectAdministrators(tx.db)).length > 0;
}
