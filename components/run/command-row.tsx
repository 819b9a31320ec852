import { Loader, Terminal } from "lucide-react";
import { joinWords } from "#lib/pilots/command-line.ts";
import type { CommandItem } from "#lib/timeline/schema.ts";
import { formatCount, formatDuration } from "../format.ts";
import { Icon } from "../ui/icon.tsx";
import { OutputBlock } from "../ui/output-block.tsx";
import { ClockTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { ChangedFiles } from "./changed-files.tsx";
import { EventLink } from "./event/link.tsx";
import { TestList } from "./test-list.tsx";

const ENDED_BY = {
  itself: null,
  time: "out of time",
  memory: "out of memory",
  cancelled: "cancelled",
} as const;

export function CommandRow({ item }: { item: CommandItem }) {
  const { finished, tests } = item;
  const isBad = finished !== null && (finished.exit !== 0 || finished.ended !== "itself");
  return (
    <li className={`ti cmd ${isBad ? "is-bad" : ""}`}>
      <span className="tic">
        <Icon of={Terminal} />
      </span>
      <div className="tb">
        <div className="th">
          <span className="grow tw">
            <Visible text={joinWords(item.argv)} />
            <span className="cmd-on">
              on <Visible text={item.tree} />
              {item.purpose ? (
                <>
                  {" · "}
                  <Visible text={item.purpose} />
                </>
              ) : null}
            </span>
          </span>
          <CommandEnd item={item} />
          <EventLink seq={item.seq} />
        </div>
        {item.output ? (
          <OutputBlock
            text={item.output}
            dropped={item.cut + (finished?.dropped ?? 0)}
            live={finished === null}
          />
        ) : null}
        <ChangedFiles changed={item.changed} />
        {tests ? (
          <div className="card">
            <p className="num">
              <span className="good med">{formatCount(tests.passed)} passed</span> ·{" "}
              <span className={tests.failed > 0 ? "bad med" : "t3"}>{formatCount(tests.failed)} failed</span>{" "}
              · <span className="t3">{formatCount(tests.skipped)} skipped</span>
            </p>
            {tests.failing.length > 0 ? <TestList tests={tests.failing} /> : null}
          </div>
        ) : null}
      </div>
    </li>
  );
}

function CommandEnd({ item: { finished, at, status } }: { item: CommandItem }) {
  if (!finished) {
    return (
      <span className="st work num">
        <Icon of={Loader} size={12} className="spin" />
        since <ClockTime at={at} />
      </span>
    );
  }
  const by = status === "declined" ? "declined" : ENDED_BY[finished.ended];
  const exit = finished.exit === null ? "killed" : `exit ${finished.exit}`;
  return (
    <span className="t3 sm num nowrap">
      <span className={finished.exit === 0 && !by ? "" : "bad"}>{by ?? exit}</span> ·{" "}
      {formatDuration(finished.milliseconds)}
    </span>
  );
}
