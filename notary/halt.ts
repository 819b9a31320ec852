import type { AlarmKind } from "./alarms.ts";

/** The notary must not go on; `message` is the sentence of the alarm. */
export class Halt extends Error {
  readonly kind: AlarmKind;

  constructor(kind: AlarmKind, message: string) {
    super(message);
    this.name = "Halt";
    this.kind = kind;
  }
}
