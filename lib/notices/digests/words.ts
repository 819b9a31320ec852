// The brief as a message: the sentences of the home page, read again when it is sent, with everybody's own words cleaned.
import { briefParts, isEmpty, viewsOf } from "../../briefs/rules.ts";
import { type Brief, BriefCount, type HomeView } from "../../briefs/schema.ts";
import { readBriefIn, sinceIn } from "../../briefs/service.ts";
import type { Db } from "../../db.ts";
import { liveGrants } from "../../people/service.ts";
import { cleaned } from "../telling/cleaned.ts";
import type { Item, Known } from "../telling/known.ts";
import { findDigest } from "./digest-store.ts";

const TITLES: Readonly<Record<HomeView, string>> = {
  engineering: "Engineering",
  security: "Security",
  overview: "Your pilots",
};

/** Whole reasons are cleaned before the sentence cuts them: a secret that the cut went through would not be known any more. */
async function sentenceOf(brief: Brief): Promise<string> {
  const counts = { ...brief.counts };
  for (const kind of BriefCount.options) {
    const { detail } = counts[kind];
    if (detail !== null) counts[kind] = { ...counts[kind], detail: await cleaned(detail) };
  }
  const parts = briefParts({ ...brief, counts });
  return `${TITLES[brief.view]}: ${parts.map(({ text }) => text).join("")}`;
}

export const DIGEST_WORDS = {
  async daily_digest(db: Db, { row, facts }: Known): Promise<Item | null> {
    const personId = facts.personId ?? "";
    const grants = await liveGrants({ db }, personId);
    const reader = { personId, grants, now: row.at.getTime() };
    const since = await sinceIn(db, reader, "work");
    const timeZone = (await findDigest(db, personId))?.timeZone ?? since.timeZone;
    const lines: string[] = [];
    for (const view of viewsOf(grants)) {
      const told = { ...since, at: facts.since ?? since.at, timeZone };
      const brief = await readBriefIn(db, reader, view, told);
      if (!isEmpty(brief)) lines.push(await sentenceOf(brief));
    }
    if (lines.length === 0) return null;
    return { title: "The brief of your day", lines, url: "/", expiresAt: null, ids: {} };
  },
};
