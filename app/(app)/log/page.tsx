import { z } from "zod";
import { LogPage } from "#components/log/log-page.tsx";
import { Shell } from "#components/shell/shell.tsx";
import { page } from "#lib/guard/page.tsx";
import { EntryFilter } from "#lib/log/schema.ts";
import { countEntries, getEntry, listEntries } from "#lib/log/service.ts";
import { listPilots } from "#lib/pilots/service.ts";
import { loadShell } from "../load-shell.ts";

const optional = <S extends z.ZodType>(shape: S) => shape.optional().catch(undefined);
const { kind, actor, subject, pilotId, from, to } = EntryFilter.shape;

const Query = z.object({
  kind: optional(kind.unwrap()),
  actor: optional(actor.unwrap()),
  subject: optional(subject.unwrap()),
  pilotId: optional(pilotId.unwrap()),
  from: optional(from.unwrap()),
  to: optional(to.unwrap()),
  after: optional(z.string().max(100)),
  entry: optional(z.string().max(100)),
});

export default page({
  permission: "log.view",
  query: Query,
  handler: async ({ scope, session, query: { after = null, entry, ...filter } }) => {
    return (
      <Shell data={await loadShell(scope, session)} current="log" rail>
        <LogPage
          page={await listEntries(scope, { filter, after })}
          filter={filter}
          entry={entry ? await getEntry(scope, entry) : null}
          total={await countEntries(scope)}
          pilots={await listPilots(scope)}
          after={after}
        />
      </Shell>
    );
  },
});
