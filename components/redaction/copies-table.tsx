import { Check, X } from "lucide-react";
import type { Copy } from "#lib/redactions/schema.ts";
import { Remark } from "../ui/badge.tsx";
import { Table } from "../ui/table.tsx";

/** Every place a payload may lie. `done`: it has been taken away; else it would be. */
export function CopiesTable({ copies, done }: { copies: readonly Copy[]; done: boolean }) {
  return (
    <Table
      label={
        done ? "Copies reached and not reached" : "Copies that would be reached, and those that would not"
      }
      tall
      columns={[
        { key: "copy", title: "Copy" },
        { key: "reached", title: done ? "Reached" : "Would be reached" },
      ]}
    >
      {copies.map(({ name, title, text, reached }) => (
        <tr key={name} data-copy={name} data-reached={reached}>
          <td>
            <span className="med">{title}</span>
            <div className="t3 sm tw">{text}</div>
          </td>
          <td>
            <Remark tone={reached ? "good" : "need"} icon={reached ? Check : X}>
              {reached ? "Yes" : "No"}
            </Remark>
          </td>
        </tr>
      ))}
    </Table>
  );
}
