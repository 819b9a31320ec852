import type { DeliveryView } from "#lib/notices/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
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
  /** Of a channel: reads `channelId` and `deliveryId`. */
  readonly again?: { readonly channelId: string; readonly action: FormAction } | undefined;
}

/** The newest deliveries and what became of each. */
export function Deliveries({ title, deliveries, again }: DeliveriesProps) {
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
          <Row key={delivery.id} delivery={delivery} again={again} />
        ))}
      </Table>
    </Panel>
  );
}

function Row({ delivery, again }: Pick<DeliveriesProps, "again"> & { delivery: DeliveryView }) {
  const { id, purpose, kinds, recipientName, state, reason, attempts, madeAt } = delivery;
  const { tone, icon, word } = DELIVERY_FACES[state];
  const told = kinds.map((kind) => NOTICE_WORDS[kind]).join(", ");
  const what = { test: "A test", resolve: "An incident is over", notice: told, invitation: "An invitation" }[
    purpose
  ];
  const failed =
    purpose !== "test" && purpose !== "invitation" && (state === "failed" || state === "given_up");
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
        {again && failed ? (
          <ActionButton
            action={again.action}
            fields={{ channelId: again.channelId, deliveryId: id }}
            doing="Asking for it"
          >
            Send again
          </ActionButton>
        ) : null}
      </td>
      <td className="n only-wide">{attempts}</td>
      <td className="only-wide nowrap t2">
        <RelativeTime at={madeAt.toISOString()} />
      </td>
    </tr>
  );
}
