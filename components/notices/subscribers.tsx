import { CircleDashed } from "lucide-react";
import type { SubscriberView } from "#lib/notices/schema.ts";
import { plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { NOTICE_WORDS } from "./words.ts";

/** Who asked to be told by a channel, and what. */
export function Subscribers({ subscribers }: { readonly subscribers: readonly SubscriberView[] }) {
  const people = new Set(subscribers.map(({ personId }) => personId)).size;
  return (
    <Panel title="Subscribers" fact={plural(people, "person", "people")} className="mt-4">
      {subscribers.length === 0 ? (
        <p className="t3 sm p-4">Nobody asked to be told by this channel.</p>
      ) : (
        <Table
          label="Subscribers"
          tall
          columns={[
            { key: "who", title: "Who" },
            { key: "what", title: "What" },
            { key: "of", title: "Of", wide: true },
          ]}
        >
          {subscribers.map((subscriber) => (
            <Row key={`${subscriber.personId} ${subscriber.pilotId}`} subscriber={subscriber} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

function Row({ subscriber: { name, kinds, pilotId, pilotName, tells } }: { subscriber: SubscriberView }) {
  const of = pilotId === "" ? "All pilots they may see" : (pilotName ?? "A pilot you may not see");
  return (
    <tr>
      <td>
        <Visible text={name} />{" "}
        {tells ? null : (
          <Remark tone="wait" icon={CircleDashed}>
            Told nothing: they may not
          </Remark>
        )}
      </td>
      <td className="t2">{kinds.map((kind) => NOTICE_WORDS[kind]).join(", ")}</td>
      <td className="only-wide t2">
        <Visible text={of} />
      </td>
    </tr>
  );
}
