import { AppError } from "../errors.ts";

/** The call was taken for lost and is settled as unknown: what came of it is in no record, so nobody may act upon it. */
export class GivenUp extends AppError {
  constructor(callId: string) {
    super("conflict", `The call ${callId} was taken for lost and is settled already.`);
    this.name = "GivenUp";
  }
}
