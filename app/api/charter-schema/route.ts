import { charterFileSchema } from "#lib/charters/file-schema.ts";
import { route } from "#lib/guard/route.ts";

/** The JSON Schema of a charter's file, for editors that complete and check. */
export const GET = route({
  permission: "pilot.view",
  maxBytes: 0,
  handler: () => charterFileSchema(),
});
