// A charter as a file: what is exported, imported, and published as a JSON Schema.
import { z } from "zod";
import { Charter, PilotName, TimeZone } from "../pilots/schema.ts";

export const CHARTER_FILE_FORMAT = "pilothouse-charter/1";

export const CharterFile = z.strictObject({
  format: z.literal(CHARTER_FILE_FORMAT, `Write format: ${CHARTER_FILE_FORMAT}.`),
  name: PilotName,
  timeZone: TimeZone,
  ...Charter.shape,
});
export type CharterFile = z.infer<typeof CharterFile>;

/** What JSON Schema cannot say (time zones, duplicates, what two fields mean together) the import says. */
export const charterFileSchema = (): object => ({
  ...z.toJSONSchema(CharterFile, { io: "input", unrepresentable: "any" }),
  title: "Charter of a pilot",
});
