import type { DeliveryView } from "#lib/notices/schema.ts";
import { plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { DELIVERY_FACES, NOTICE_WORDS } from "./words.ts";

interface DeliveriesProps {
  readonly title: string;
  readonly deliveries: readonly DeliveryView[];
}

/** The newest deliveries and what became of each. */
export function Deliveries({ title, deliveries }: DeliveriesProps) {
  return (
    <Panel
      title={title}
      fact={`the newest ${plural(deliveries.length, "delivery", "deliveries")}`}
      className="mt-4"
    >
      <Table
        label={title}
        tall
        columns={[
          { key: "what", title: "What" },
          { key: "state", title: "State" },
          { key: "tries", title: "Tries", number: true, wide: true },
          { key: "made", title: "Made", wide: true },
        ]}
      >
        {deliveries.map((delivery) => (
          <Row key={delivery.id} delivery={delivery} />
        ))}
      </Table>
    </Panel>
  );
}

function Row({ delivery }: { delivery: DeliveryView }) {
  const { purpose, kinds, recipientName, state, reason, attempts, madeAt } = delivery;
  const { tone, icon, word } = DELIVERY_FACES[state];
  const what = purpose === "test" ? "A test" : kinds.map((kind) => NOTICE_WORDS[kind]).join(", ");
  return (
    <tr>
      <td>
        <div className="cell2">
          <div>{what}</div>
          {recipientName ? (
            <div className="t3 trunc">
              to <Visible text={recipientName} />
            </div>
          ) : null}
        </div>
      </td>
      <td>
        <Remark tone={tone} icon={icon}>
          {word}
        </Remark>
        {reason && state !== "sent" ? (
          <div className="t3 sm">
            <Visible text={reason} />
          </div>
        ) : null}
      </td>
      <td className="n only-wide">{attempts}</td>
      <td className="only-wide nowrap t2">
        <RelativeTime at={madeAt.toISOString()} />
      </td>
    </tr>
  );
}
