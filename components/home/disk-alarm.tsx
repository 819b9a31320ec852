import { HardDrive } from "lucide-react";
import { Note } from "../ui/note.tsx";

export interface DiskAlarmProps {
  readonly alarms: readonly { readonly state: string; readonly path: string; readonly sentence: string }[];
}

/** One sentence per disk that is short of space; nothing while none is. */
export function DiskAlarm({ alarms }: DiskAlarmProps) {
  return alarms.map(({ state, path, sentence }) => (
    <div key={path} className="px-5 pt-3" data-disk={state}>
      <Note tone={state === "full" ? "bad" : "need"} icon={HardDrive} role="alert">
        {sentence}
      </Note>
    </div>
  ));
}
