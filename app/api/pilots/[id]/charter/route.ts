import { z } from "zod";
import { charterYaml } from "#lib/charters/write-file.ts";
import { notFound } from "#lib/errors.ts";
import { tokenRoute } from "#lib/guard/token-route.ts";
import { getCharter, getPilot } from "#lib/pilots/service.ts";

/** A version of the charter as YAML; by default the one in force, or the newest where none is. */
export const GET = tokenRoute({
  permission: "pilot.view",
  bearers: ["token"],
  maxBytes: 0,
  params: z.object({ id: z.string().max(100) }),
  query: z.strictObject({ version: z.coerce.number().int().min(1).max(1_000_000).optional() }),
  handler: async ({ scope, params: { id }, query }) => {
    const { name, timeZone, charter: shown, versions } = await getPilot(scope, id);
    const version = query.version ?? shown.version;
    const found = versions.find((one) => one.version === version);
    if (!found) throw notFound("charter");
    const { charter } = await getCharter(scope, found.id);
    return new Response(charterYaml({ name, timeZone, charter }), {
      headers: {
        "content-type": "application/yaml; charset=utf-8",
        "content-disposition": `attachment; filename="charter-${id.replace(/\W/g, "")}-v${version}.yaml"`,
        "cache-control": "no-store",
      },
    });
  },
});
