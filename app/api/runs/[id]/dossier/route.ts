import { z } from "zod";
import { DossierFormat } from "#lib/dossiers/schema.ts";
import { dossierLines, dossierTexts, makeDossier, openDossier } from "#lib/dossiers/service.ts";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { BUNDLE_TYPE, FromLine } from "#lib/log/export-schema.ts";

/** A new dossier of the run, or with `dossier` the bundle of one that was made before. */
export const GET = tokenRoute({
  permission: "log.view",
  bearers: ["access", "token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.object({
    format: DossierFormat.default("html"),
    payloads: z.enum(["0", "1"]).default("0"),
    dossier: z.string().max(100).optional(),
    from: FromLine,
  }),
  handler: async ({ scope, reader, params: { id }, query }) => {
    const bundle = { name: `dossier-${id}.jsonl`, contentType: BUNDLE_TYPE };
    if (query.dossier !== undefined) {
      const at = { runId: id, exportId: query.dossier, from: query.from };
      const etag = query.from === 0 ? query.dossier : `${query.dossier}-${query.from}`;
      return { texts: await openDossier(scope, reader, at), ...bundle, etag };
    }
    const made = await makeDossier(scope, reader, id, query.payloads === "1");
    const location = `/api/runs/${id}/dossier?format=jsonl&dossier=${made.exportId}`;
    if (query.format === "jsonl")
      return { texts: await dossierLines(scope, made), ...bundle, etag: made.sha256, location };
    const texts = await dossierTexts(scope, made);
    return { texts, name: `dossier-${id}.html`, contentType: "text/html; charset=utf-8" };
  },
});
