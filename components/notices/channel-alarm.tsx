import { Megaphone } from "lucide-react";
import Link from "next/link";
import { plural } from "../format.ts";
import { Note } from "../ui/note.tsx";
import { Visible } from "../ui/visible.tsx";

export interface ChannelAlarmProps {
  readonly channels: readonly { readonly id: string; readonly name: string; readonly waiting: number }[];
}

/** One sentence per channel that nothing gets through, for those who look after them; nothing while all work. */
export function ChannelAlarm({ channels }: ChannelAlarmProps) {
  return channels.map(({ id, name, waiting }) => (
    <div key={id} className="px-5 pt-3" data-channel={id}>
      <Note tone="bad" icon={Megaphone} role="alert">
        Notices do not get through{" "}
        <Link className="underline" href={`/notices/${id}`}>
          <Visible text={name} />
        </Link>
        {waiting === 0 ? "." : `; ${plural(waiting, "message")} kept and tried again.`}
      </Note>
    </div>
  ));
}
