// What the page shows of documents that agents and tools wrote in: evidence, decisions, reasons. The bundle has them as
// they came, for who may have that.
import { maskValue } from "../secrets/mask-value.ts";
import type { ToldBundle, ToldDocument } from "./schema.ts";

/** Few documents of some hundred KiB. What is not searched is not shown, so the clock may not cut into a decision. */
const BUDGET = { characters: 32 * 1024 * 1024, milliseconds: Number.POSITIVE_INFINITY };

/** JSON is still JSON afterwards: secrets are masked inside its texts. A reason is what somebody wrote. */
function readText({ name, text }: ToldDocument): unknown {
  if (name === "reason") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The same with secrets masked; digests stay those of the documents as they are. */
export async function maskedTold(told: ToldBundle): Promise<ToldBundle> {
  const values = await maskValue(told.documents.map(readText), BUDGET);
  const documents = told.documents.map((document, at) => {
    const value = values[at];
    return { ...document, text: typeof value === "string" ? value : JSON.stringify(value) };
  });
  return { ...told, documents };
}
