import { badInput } from "../../errors.ts";
import type { Scope } from "../../scope.ts";
import { isTimeZone, minuteOf } from "../rules.ts";
import type { DigestChoice } from "../schema.ts";
import { changeOwn } from "../subscriptions.ts";
import { saveDigest } from "./digest-store.ts";

/** Whether and when somebody is told the brief of their day. A time that has passed today is told from tomorrow on. */
export async function chooseDigest(scope: Scope, { isOn, timeZone, time }: DigestChoice): Promise<void> {
  if (!isTimeZone(timeZone))
    throw badInput("There is no such time zone.", { timeZone: ["Choose one such as Europe/Berlin."] });
  const chosenAt = new Date(scope.clock.now());
  await changeOwn(scope, ({ db }, me) =>
    saveDigest(db, me, { isOn, timeZone, minute: minuteOf(time), chosenAt }),
  );
}
