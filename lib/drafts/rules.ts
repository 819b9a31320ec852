import { CHARTER_FIELDS, type FormValues } from "../pilots/form.ts";
import type { DraftValues } from "./schema.ts";

const KNOWN = new Set(["name", "timeZone", ...Object.keys(CHARTER_FIELDS)]);

/** A field that the form does not have is not kept. */
export const keptOf = (values: DraftValues): DraftValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => KNOWN.has(name)));

/** What a form begins with that goes on with a draft. Boxes that are not checked are not sent, and stay unchecked. */
export function restored(usual: FormValues, kept: DraftValues): FormValues {
  const boxes = Object.entries(CHARTER_FIELDS).filter(([, kind]) => kind === "flag" || kind === "choices");
  const unchecked = Object.fromEntries(boxes.map(([name, kind]) => [name, kind === "flag" ? "" : []]));
  return { ...usual, ...unchecked, ...kept };
}
