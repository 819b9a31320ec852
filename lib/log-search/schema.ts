import { z } from "zod";
import { TEXT_FIELDS, type TextField } from "../log/schema.ts";

/** Cursor of a search: the run and number of the last event shown. */
const SearchCursor = z.string().regex(/^run_[0-9a-z]{1,80}\.\d{1,10}\.[a-z]{1,10}$/);

export const SearchLog = z.object({
  /** Words, beginnings of words (`regis*`) and "exact phrases". */
  text: z.string().trim().min(1, "Write what to look for.").max(300, "At most 300 characters."),
  field: z.enum(TEXT_FIELDS).optional(),
  pilotId: z.string().min(1).max(100).optional(),
  runId: z.string().min(1).max(100).optional(),
  after: SearchCursor.optional(),
});
export type SearchLog = z.infer<typeof SearchLog>;

/** A piece of a text; `isFound` pieces are what was looked for. */
export interface SearchPiece {
  readonly text: string;
  readonly isFound: boolean;
}

export interface SearchResult {
  readonly runId: string;
  readonly runTitle: string;
  readonly pilotName: string;
  readonly seq: number;
  readonly field: TextField;
  readonly at: Date;
  /** The entry that binds the event. */
  readonly entryId: string | null;
  readonly pieces: readonly SearchPiece[];
}

export interface SearchPage {
  /** Newest run first, in a run the latest event first. */
  readonly results: readonly SearchResult[];
  readonly next: string | null;
}
